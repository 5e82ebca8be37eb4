using Microsoft.Playwright;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.Page.Tests;

/// <summary>Who may see the page.</summary>
public sealed class AccessTests(ITestOutputHelper output) : PageTest(output)
{
    private const string Token = "correct-horse-battery-staple";

    [PluginFact("bridge", "host-local")]
    public async Task With_a_token_nothing_is_shown_before_it_is_known_and_no_address_has_it()
    {
        var file = Node.Folders.Write("token", $"{Token}\n");
        Node.With("metricsAddress", "*").With("uiTokenFile", file);
        await Start();
        var tab = await Browser.OpenAsync();
        await tab.Page.GotoAsync(Tab.Address);

        foreach (var path in (string[])["stream", "networks", "explain?sandbox=x"])
        {
            Assert.Equal(401, await tab.Page.EvaluateAsync<int>($"async () => (await fetch('ui/{path}')).status"));
        }

        await tab.IsFineInLightAndDark("token");
        await tab.Page.GetByLabel("Token").FillAsync("wrong-horse-battery-staple");
        await tab.Button("Open").ClickAsync();
        await tab.Sees("the token is missing or is not that of uiTokenFile");
        await tab.Page.GetByLabel("Token").FillAsync(Token);
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Sees("Live");
        await tab.Sees("Nothing is under way.");
        Assert.All(tab.Asked, address => Assert.DoesNotContain("horse", address));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Another_sites_name_that_leads_here_gets_nothing()
    {
        await Start("--host-resolver-rules=MAP evil.example 127.0.0.1");
        var tab = await Browser.OpenAsync();

        var answer = await tab.Page.GotoAsync("http://evil.example:9091/ui");

        Assert.Equal(403, answer!.Status);
        Assert.Contains("uiHosts", await answer.TextAsync());
        foreach (var path in (string[])["about", "stream", "networks", "explain?sandbox=x"])
        {
            Assert.Equal(403, await tab.Page.EvaluateAsync<int>($"async () => (await fetch('/ui/{path}')).status"));
        }
    }

    [PluginFact("bridge", "host-local")]
    public async Task Beyond_localhost_without_a_token_the_daemon_says_what_would_do_and_does_not_start()
    {
        Node.With("metricsAddress", "*").WithJson("metricsPort", "9091").WithJson("ui", "true");

        var daemon = Node.LaunchDaemon();

        Assert.NotEqual(0, await daemon.Exited());
        var said = Node.Log.ToString();
        Assert.Contains("*:9091", said);
        Assert.Contains("uiTokenFile", said);
        Assert.Contains("kubectl port-forward", said);
    }
}
