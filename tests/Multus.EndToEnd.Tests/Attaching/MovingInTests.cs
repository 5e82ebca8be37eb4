using System.Text;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>A node that had pods before Multus came, and a runtime that has its own ideas of a result.</summary>
public sealed class MovingInTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_the_cluster_network_attached_is_freed_by_its_first_DEL_and_later_ones_run_nothing()
    {
        var pod = Node.UnknownPod("earlier");
        var config = Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet);
        Directory.CreateDirectory(Node.Folders.RuntimeCache);
        var entry = Path.Combine(Node.Folders.RuntimeCache, $"cluster-{pod.Sandbox}-eth0");
        await File.WriteAllTextAsync(entry, CacheEntry(pod, config, AttachedByTheRuntime(pod, config)));
        Assert.Single(Node.Folders.Addresses());
        // The node's cluster network is another now.
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "other")));
        var now = Node.Steered("other");
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Empty(Node.Folders.Addresses());
        Assert.Empty(pod.Links());
        Assert.False(File.Exists(entry));
        (await Node.Del(pod, new ShimOptions(WithNetNs: false))).Succeeded();
        (await Node.Del(pod, new ShimOptions(WithNetNs: false))).Succeeded();
        Assert.Empty(now.Calls);
        Assert.Empty(Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task A_pod_that_only_the_cluster_network_of_now_can_know_has_one_DEL_of_it_over_a_restart()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "cluster")));
        var cluster = Node.Steered("cluster");
        var pod = Node.UnknownPod("earlier");
        var daemon = await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();
        await daemon.Kill();
        await Node.StartDaemon();
        (await Node.Del(pod, new ShimOptions(WithNetNs: false))).Succeeded();

        Assert.Equal("DEL", Assert.Single(cluster.Calls).Command);
    }

    [RootFact]
    public async Task A_cluster_network_that_gives_no_address_fails_the_ADD_with_the_reason_and_nothing_is_published()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "bare")));
        var bare = Node.Steered("bare");
        Node.Without("allowNoAddress");
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        await Node.StartDaemon();

        var error = (await Node.Add(pod)).Error();

        Assert.Equal(
            (7u, "cluster network cluster gave eth0 no address, and a container runtime takes no pod without one"),
            (error.Code, error.Message)
        );

        Assert.Equal(["ADD", "DEL"], bare.Calls.Select(call => call.Command));
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task The_file_by_which_the_runtime_calls_is_put_back_when_somebody_removes_it()
    {
        const string content = """{"cniVersion":"1.0.0","name":"multus-cni-network","type":"multus-shim"}""";
        var folder = Node.Folders.Write("cni-conf/keep", "");
        var file = Path.Combine(Path.GetDirectoryName(folder)!, "00-multus.conf");
        Node.With("runtimeConfigFile", Node.Folders.Write("given/00-multus.conf", content))
            .With("runtimeConfigDir", Path.GetDirectoryName(folder)!);
        await Node.StartDaemon();
        Assert.Equal(content, await File.ReadAllTextAsync(file));

        File.Delete(file);

        await Wait.Until("the file is back", () => File.Exists(file), () => Node.Log.ToString());
        Assert.Equal(content, await File.ReadAllTextAsync(file));
        await Node.Ready();
    }

    // What libcni writes beside an attachment: its plugins' configuration and result, encoded and as they were.
    private static string CacheEntry(TestPod pod, string config, string result) =>
        $$"""
            {"kind":"cniCacheV1","containerId":"{{pod.Sandbox}}","config":"{{Convert.ToBase64String(
                Encoding.UTF8.GetBytes(config)
            )}}","ifName":"eth0","networkName":"cluster",
             "netns":"{{pod.NetNs}}","cniArgs":[],"capabilityArgs":{},"result":{{result}} }
            """;

    private string AttachedByTheRuntime(TestPod pod, string config)
    {
        var file = Node.Folders.Write("runtime.conf", config);
        return Node.Exec(
            "env",
            "CNI_COMMAND=ADD",
            $"CNI_CONTAINERID={pod.Sandbox}",
            $"CNI_NETNS={pod.NetNs}",
            "CNI_IFNAME=eth0",
            $"CNI_PATH={Node.Folders.Plugins}",
            "sh",
            "-c",
            "exec \"$0\" <\"$1\"",
            Path.Combine(Node.Folders.Plugins, "bridge"),
            file
        );
    }

    [RootFact]
    public async Task The_runtimes_configuration_follows_the_cluster_network_and_is_kept()
    {
        Node.Folders.Write("net.d/10-cluster.conf", Networks.Steered("cluster", "cluster"));
        Node.Steered("cluster");
        var folder = Path.Combine(Node.Folders.Root, "net.d");
        var file = Path.Combine(folder, "00-multus.conf");
        Node.With("multusConfigFile", "auto").With("cniConfigDir", folder);
        await Node.StartDaemon();
        Assert.Contains(
            $"\"clusterNetwork\":\"{Path.Combine(folder, "10-cluster.conf")}\"",
            await File.ReadAllTextAsync(file),
            StringComparison.Ordinal
        );

        Node.Folders.Write("net.d/05-other.conf", Networks.Steered("other", "cluster"));

        await Wait.Until(
            "the other network counts",
            () => File.Exists(file) && File.ReadAllText(file).Contains("05-other.conf", StringComparison.Ordinal),
            () => Node.Log.ToString()
        );
        File.Delete(file);
        await Wait.Until("the file is back", () => File.Exists(file), () => Node.Log.ToString());
    }
}
