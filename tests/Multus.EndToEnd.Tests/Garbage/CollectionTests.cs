using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Garbage;

/// <summary>The runtime says which pods there are; of all others nothing is left.</summary>
public sealed class CollectionTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task What_a_pod_that_is_gone_has_leaked_is_freed_and_the_pod_that_is_listed_keeps_all()
    {
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        var (gone, stays) = (Node.Pod("bridge-conf", "gone"), Node.Pod("bridge-conf", "stays"));
        Node.Bridge("cni0");
        Node.Bridge("mynet0");
        await Node.StartDaemon();
        (await Node.Add(stays)).Succeeded();
        var before = Node.Remains(gone, stays);
        (await Node.Add(gone)).Succeeded();

        (await Collect(stays)).Succeeded(); // no DEL has come for the other

        Assert.Equal(before, Node.Remains(gone, stays));
        (await Node.Check(stays)).Succeeded();
    }

    [PluginFact("bridge", "host-local")]
    public async Task Plugins_of_every_network_ever_attached_get_their_own_attachments_also_after_a_restart()
    {
        var recorder = Node.Steered("recorder");
        Node.Manifests.Network("blue", Networks.Steered("blue-net", "recorder", "1.1.0"));
        var (first, second) = (Node.Pod("blue", "first"), Node.Pod("blue@data0", "second"));
        var daemon = await Node.StartDaemon();
        (await Node.Add(first)).Succeeded();
        (await Node.Add(second)).Succeeded();
        (await Node.Del(second)).Succeeded();
        await daemon.Kill();
        await Node.StartDaemon();

        (await Collect(first)).Succeeded();
        (await Node.Del(first)).Succeeded();
        (await Collect()).Succeeded();

        var lists = recorder
            .Calls.Where(call => call.Command == "GC")
            .Select(call => call.Config.GetProperty("cni.dev/valid-attachments").GetRawText());
        Assert.Equal([$$"""[{"containerID":"{{first.Sandbox}}","ifname":"net1"}]""", "[]"], lists);
        Assert.Empty(Node.Folders.NetworkFiles());
    }

    [RootFact]
    public async Task Without_a_list_nothing_is_freed()
    {
        var pod = PodOnRecorder();
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        var before = Node.Remains(pod);

        var error = (await Node.Shim("GC", null, new ShimOptions("1.1.0"))).Error();

        Assert.Equal(7u, error.Code);
        Assert.StartsWith("GC needs cni.dev/valid-attachments", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task A_list_is_taken_that_is_longer_than_any_other_request_may_be()
    {
        Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder", "1.0.0")));
        var (gone, stays) = (Node.Pod(), Node.Pod());
        await Node.StartDaemon();
        (await Node.Add(gone)).Succeeded();
        (await Node.Add(stays)).Succeeded();
        var others = Enumerable.Range(0, 80_000).Select(_ => Unique.ContainerId());

        (await Collect([stays.Sandbox, .. others])).Succeeded();

        Assert.Contains(stays.Sandbox, Node.Folders.CniFiles());
        Assert.DoesNotContain(gone.Sandbox, Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task Below_1_1_0_the_shim_refuses_by_itself()
    {
        var error = (await Node.Shim("GC", null, new ShimOptions("1.0.0"))).Error();

        Assert.Equal((1u, "config version does not allow GC"), (error.Code, error.Message));
    }

    [RootFact]
    public async Task A_plugin_that_fails_to_collect_is_named_with_its_code()
    {
        var pod = PodOnRecorder();
        Node.Steered("recorder").On("GC", does => does.Fails(121, "the store is away"));
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();

        var error = (await Collect(pod)).Error();

        Assert.Equal((121u, "GC of network cluster: plugin recorder: the store is away"), (error.Code, error.Message));
    }

    private TestPod PodOnRecorder()
    {
        Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder", "1.1.0")));
        return Node.Pod();
    }

    private Task<ShimRun> Collect(params IEnumerable<TestPod> pods) => Collect(pods.Select(pod => pod.Sandbox));

    private Task<ShimRun> Collect(IEnumerable<string> sandboxes)
    {
        var list = string.Join(',', sandboxes.Select(sandbox => $$"""{"containerID":"{{sandbox}}","ifname":"eth0"}"""));
        return Node.Shim(
            "GC",
            null,
            new ShimOptions(
                Stdin: $$"""{"cniVersion":"1.1.0","name":"multus","type":"multus-shim","daemonSocketDir":"{{Node.Folders.SocketDir}}","cniDir":"{{Node.Folders.CniDir}}","cni.dev/attachments":[{{list}}],"cni.dev/valid-attachments":[{{list}}]}"""
            )
        );
    }
}
