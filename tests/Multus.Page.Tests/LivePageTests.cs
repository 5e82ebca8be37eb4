using Microsoft.Playwright;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.Page.Tests;

/// <summary>What a person sees of a node at work.</summary>
public sealed class LivePageTests(ITestOutputHelper output) : PageTest(output)
{
    private const int Pods = 24;
    private const int MostBytes = 150_000;

    private static readonly LocatorAssertionsToContainTextOptions Patience = new()
    {
        Timeout = (float)Wait.Patience.TotalMilliseconds,
    };

    [PluginFact("bridge", "host-local")]
    public async Task A_burst_is_followed_live_from_the_first_pod_to_the_last()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/24"));
        var slow = Node.Steered("slow");
        var gate = slow.Gate();
        slow.On("ADD", does => does.WaitsFor(gate));
        Node.Manifests.Network("storage", Networks.Steered("storage", slow.Type));
        TestPod[] pods = [.. Enumerable.Range(0, Pods).Select(n => Node.Pod("blue,storage", $"shop-web-{n}"))];
        await Start();
        var tab = await Browser.OpenAsync();
        await tab.OpenAsync();
        await tab.Sees("Nothing is under way.");
        await tab.IsFineInLightAndDark("idle");

        Task<ShimRun>[] adds = [.. pods.Select(pod => Node.Add(pod))];
        await slow.Began("ADD", count: 4);

        var running = tab.Panel("Under way");
        await Assertions.Expect(running).ToContainTextAsync($"{pods[0].Namespace}/shop-web-", Patience);
        await Assertions.Expect(running).ToContainTextAsync("in slow net2", Patience);
        await tab.IsFineInLightAndDark("burst");
        gate.Open();
        Assert.All(await Task.WhenAll(adds), add => add.Succeeded());

        await tab.Sees("Nothing is under way.");
        await Assertions.Expect(tab.Panel("Last operations")).ToContainTextAsync("shop-web-", Patience);
        await Assertions.Expect(tab.Panel("Actors")).ToContainTextAsync("pending-deletes", Patience);
        var networks = tab.Panel("Networks");
        await Assertions.Expect(networks).ToContainTextAsync($"{Pods} sandboxes", Patience);
        await Assertions
            .Expect(networks)
            .ToContainTextAsync($"10.20.0.1-10.20.0.254{253 - Pods} of 253 left", Patience);
        await networks.GetByText("default/blue").ClickAsync();
        await Assertions.Expect(networks).ToContainTextAsync(pods[^1].Name, Patience);
        await tab.Page.GetByText("As a table").ClickAsync();
        await Assertions.Expect(tab.Panel("Last hour").Locator("tbody")).ToContainTextAsync($"{Pods}", Patience);
        await tab.IsFineInLightAndDark("after");
        Assert.Empty(tab.Errors);
    }

    [PluginFact("bridge", "host-local")]
    public async Task It_is_small_asks_nobody_but_the_daemon_and_is_locked_against_what_is_not_its_own()
    {
        await Start();
        var tab = await Browser.OpenAsync();
        var answer = await tab.Page.GotoAsync(Tab.Address);
        await tab.Sees("Live");

        Assert.All(tab.Asked, address => Assert.StartsWith(Tab.Address, address));
        var bytes = 0;
        foreach (var request in tab.Finished.Where(request => !request.Url.Contains("/ui/networks")))
            bytes += (await request.SizesAsync()).ResponseBodySize;
        Assert.InRange(bytes, 10_000, MostBytes);
        var policy = await answer!.HeaderValueAsync("content-security-policy");
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", await answer.HeaderValueAsync("x-content-type-options"));
        Assert.Equal(
            "no-store",
            await tab.Page.EvaluateAsync<string>(
                "async () => (await fetch('ui/networks')).headers.get('cache-control')"
            )
        );
        Assert.Empty(tab.Errors);
    }

    [PluginFact("bridge", "host-local")]
    public async Task Another_daemon_in_its_place_is_followed_again()
    {
        await Start();
        var tab = await Browser.OpenAsync();
        await tab.OpenAsync();

        await Node.Daemon.Kill();
        await tab.Sees("Connection lost, trying again");
        await tab.Shoot("lost");
        await Node.StartDaemon();

        await tab.Sees("Live");
    }
}
