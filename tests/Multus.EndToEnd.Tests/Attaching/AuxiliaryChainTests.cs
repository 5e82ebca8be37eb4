using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>
/// The auxiliary chain with a real plugin in it, and no binary called passthru anywhere
/// (docs/decisions/0011-auxiliary-chain.md).
/// </summary>
public abstract class AuxiliaryChainTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    [PluginFact("bridge", "host-local", "tuning")]
    public async Task Its_folder_is_in_the_cluster_networks_folder_when_that_is_one()
    {
        Node.Folders.Write(
            "net.d/vendor/10-tuning.conf",
            """{"type":"tuning","sysctl":{"net.ipv4.conf.eth0.arp_announce":"2"}}"""
        );
        Node.With("auxiliaryCNIChainName", "vendor")
            .With(
                "clusterNetwork",
                Path.GetDirectoryName(Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet)))!
            );
        var pod = Node.Pod();
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal("2", pod.TryExec("cat", "/proc/sys/net/ipv4/conf/eth0/arp_announce").Stdout.Trim());
        Assert.Single(Node.Status(pod).EnumerateArray());
    }

    [PluginFact("bridge", "host-local", "tuning")]
    public async Task Its_plugin_sets_what_it_is_told_in_the_pod_and_the_DEL_needs_nothing_but_the_record()
    {
        Assert.False(File.Exists(Path.Combine(Node.Folders.Plugins, "passthru")));
        var tuning = Node.Folders.Write(
            "net.d/vendor/10-tuning.conf",
            """{"type":"tuning","sysctl":{"net.ipv4.conf.eth0.arp_announce":"2"}}"""
        );
        Node.With("auxiliaryCNIChainName", "vendor");
        Node.Bridge("cni0");
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0"], pod.Links());
        Assert.Equal("2", pod.TryExec("cat", "/proc/sys/net/ipv4/conf/eth0/arp_announce").Stdout.Trim());
        Assert.Single(Node.Status(pod).EnumerateArray());
        (await Node.Check(pod)).Succeeded();

        File.Delete(tuning);
        (await Node.Del(pod)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }
}

public sealed class ThickAuxiliaryChainTests(ITestOutputHelper output) : AuxiliaryChainTests(output, Flavour.Thick);

public sealed class ThinAuxiliaryChainTests(ITestOutputHelper output) : AuxiliaryChainTests(output, Flavour.Thin);
