using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Load;

/// <summary>A node boots, or is drained: everything at once.</summary>
public sealed class BurstTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int Pods = 100;
    private const int PodsOfTheKilled = 24;

    // Buffers and timers that the runtime opens when they are first needed; a leak would be hundreds.
    private const int Slack = 10;

    [PluginFact("bridge", "host-local")]
    public async Task A_hundred_pods_with_three_networks_each_come_and_go_and_leave_nothing()
    {
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16"));
        Node.Manifests.Network("two", Node.Networks.Bridge("two", "br-two", "10.2.0.0/16"));
        TestPod[] pods = [.. Enumerable.Range(0, Pods).Select(_ => Node.Pod("one,two"))];
        var daemon = await Node.StartDaemon();
        var descriptors = daemon.Descriptors;

        var added = await Task.WhenAll(pods.Select(pod => Node.Add(pod)));

        Assert.All(added.Zip(pods), pair => AssertResultOf(pair.Second, pair.First.Result()));
        string[] statusAddresses = [.. pods.SelectMany(pod => AddressesIn(Node.Status(pod)))];
        Assert.Equal(Pods * 3, statusAddresses.Distinct().Count());
        Assert.Equal(Pods * 3, Node.Folders.Addresses().Count);
        Assert.Equal(["eth0", "net1", "net2"], pods[^1].Links());

        var deleted = await Task.WhenAll(pods.Select(pod => Node.Del(pod)));

        Assert.All(deleted, run => run.Succeeded());
        Assert.Empty(Node.Folders.CniFiles());
        Assert.Empty(Node.Folders.Addresses());
        Assert.Empty(Node.Folders.StatusFiles());
        Assert.Empty(Node.Links());
        Assert.All(pods, pod => Assert.Empty(pod.Links()));
        Assert.Empty(daemon.Children);
        await Wait.Until(
            "the daemon has closed what it had opened",
            () => daemon.Descriptors <= descriptors + Slack,
            () => $"{daemon.Descriptors}, before: {descriptors}"
        );
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_daemon_that_is_killed_in_a_burst_of_ADDs_and_again_in_the_DELs_leaves_nothing()
    {
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16"));
        var lame = Node.Steered("lame");
        var gate = lame.Gate();
        lame.On("ADD", does => does.WaitsFor(gate));
        lame.On("DEL", does => does.WaitsFor(gate));
        Node.Manifests.Network("lame-net", Networks.Steered("lame-net", lame.Type));
        TestPod[] pods = [.. Enumerable.Range(0, PodsOfTheKilled).Select(_ => Node.Pod("one,lame-net"))];
        var daemon = await Node.StartDaemon();
        Task<ShimRun>[] adds = [.. pods.Select(pod => Node.Add(pod))];
        await lame.Began("ADD", count: 4); // some have all but this, some are in the middle of the others, some wait

        await daemon.Kill();
        gate.Open();
        daemon = await Node.StartDaemon();

        Assert.All(await Task.WhenAll(adds), add => add.Succeeded());
        Assert.Equal(PodsOfTheKilled * 2, Node.Folders.Addresses().Count);

        var closed = lame.Gate();
        lame.On("DEL", does => does.WaitsFor(closed));
        var before = lame.Calls.Count(call => call.Command == "DEL");
        Task<ShimRun>[] deletes = [.. pods.Select(pod => Node.Del(pod))];
        await lame.Began("DEL", count: before + 4);
        await daemon.Kill();
        Assert.All(await Task.WhenAll(deletes), del => del.Succeeded());
        closed.Open();
        await Node.StartDaemon();

        await Wait.Until("nothing is left", () => Node.Folders.CniFiles().Count == 0, () => Node.Remains(pods));
        Assert.Empty(Node.Folders.Addresses());
        Assert.Empty(Node.Folders.StatusFiles());
        Assert.Empty(Node.Links());
        Assert.All(pods, pod => Assert.Empty(pod.Links()));
    }

    private static void AssertResultOf(TestPod pod, JsonElement result)
    {
        var eth0 = Assert.Single(
            result.GetProperty("interfaces").EnumerateArray(),
            link => link.GetProperty("name").GetString() == "eth0"
        );
        Assert.Equal(pod.NetNs, eth0.GetProperty("sandbox").GetString());
        var ip = Assert.Single(result.GetProperty("ips").EnumerateArray());
        Assert.StartsWith("10.244.", ip.GetProperty("address").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> AddressesIn(JsonElement status) =>
        from entry in status.EnumerateArray()
        from ip in entry.GetProperty("ips").EnumerateArray()
        select ip.GetString();
}
