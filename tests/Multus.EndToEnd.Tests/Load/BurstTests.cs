using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Load;

/// <summary>A node boots, or is drained: everything at once.</summary>
public sealed class BurstTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int Pods = 100;

    [PluginFact("bridge", "host-local")]
    public async Task A_hundred_pods_with_three_networks_each_come_and_go_and_leave_nothing()
    {
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16"));
        Node.Manifests.Network("two", Node.Networks.Bridge("two", "br-two", "10.2.0.0/16"));
        TestPod[] pods = [.. Enumerable.Range(0, Pods).Select(_ => Node.Pod("one,two"))];
        await Node.StartDaemon();

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
    }

    private static void AssertResultOf(TestPod pod, JsonElement result)
    {
        var eth0 = Assert.Single(result.GetProperty("interfaces").EnumerateArray(), link => link.GetProperty("name").GetString() == "eth0");
        Assert.Equal(pod.NetNs, eth0.GetProperty("sandbox").GetString());
        var ip = Assert.Single(result.GetProperty("ips").EnumerateArray());
        Assert.StartsWith("10.244.", ip.GetProperty("address").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> AddressesIn(JsonElement status) =>
        from entry in status.EnumerateArray()
        from ip in entry.GetProperty("ips").EnumerateArray()
        select ip.GetString();
}
