using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Page.Tests;

/// <summary>A node with the live page switched on, and a browser on it.</summary>
public abstract class PageTest(ITestOutputHelper output) : NodeTest(output)
{
    private NodeBrowser? _browser;

    protected NodeBrowser Browser => _browser!;

    /// <summary>Starts the daemon with the page, and the browser.</summary>
    /// <param name="arguments">Of Chromium.</param>
    protected async Task Start(params string[] arguments)
    {
        Node.WithJson("metricsPort", "9091").WithJson("ui", "true");
        var daemon = Node.StartDaemon();
        _browser = await NodeBrowser.StartAsync(Node, arguments);
        await daemon;
        await Served();
    }

    /// <summary>The port is listened on, which the readiness of the socket does not say.</summary>
    protected Task Served() =>
        Wait.Until("the port is listened on", () => Node.Log.ToString().Contains("figures are served on"));

    public override async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        await base.DisposeAsync();
    }
}
