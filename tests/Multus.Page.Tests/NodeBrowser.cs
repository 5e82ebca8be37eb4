using Microsoft.Playwright;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;

namespace Multus.Page.Tests;

/// <summary>A Chromium on a node: it runs in the node's network namespace, as kubectl port-forward would let it.</summary>
public sealed class NodeBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly TempFolder _folder;

    private NodeBrowser(IPlaywright playwright, IBrowser browser, TempFolder folder) =>
        (_playwright, _browser, _folder) = (playwright, browser, folder);

    /// <param name="node">Where it runs.</param>
    /// <param name="arguments">Further ones of Chromium.</param>
    public static async Task<NodeBrowser> StartAsync(Node node, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(node);
        var folder = new TempFolder("page");
        var launcher = folder.File("chromium", $"#!/bin/sh\nexec nsenter --net={node.NetNs} {Chromium.Path} \"$@\"\n");
        File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = launcher,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", .. arguments],
            }
        );
        return new NodeBrowser(playwright, browser, folder);
    }

    /// <summary>A tab with nothing of any other in it.</summary>
    /// <param name="width">Of the window.</param>
    public async Task<Tab> OpenAsync(int width = 1360, int height = 1000)
    {
        var page = await _browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        return new Tab(page);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _folder.Dispose();
    }
}
