using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Thin;

/// <summary>A node changes between thin and thick with pods on it: the records are the same.</summary>
public sealed class FlavourChangeTests(ITestOutputHelper output) : NodeTest(output, Flavour.Thin)
{
    [PluginFact("bridge", "host-local")]
    public async Task Pods_of_one_flavour_are_checked_answered_and_deleted_by_the_other()
    {
        Node.Bridge("cni0");
        Node.Bridge("mynet0");
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        var (first, second, third) = (Node.Pod("bridge-conf"), Node.Pod("bridge-conf"), Node.Pod("bridge-conf"));
        var before = Node.Remains(first, second, third);
        var added = (await Node.Add(first)).Result().GetRawText();
        (await Node.Add(second)).Succeeded();

        Node.Flavour = Flavour.Thick;
        await Node.StartDaemon();
        (await Node.Check(first)).Succeeded();
        Assert.Equal(added, (await Node.Add(first)).Result().GetRawText());
        (await Node.Del(first)).Succeeded();
        added = (await Node.Add(third)).Result().GetRawText();

        Node.Daemon.AskToStop();
        Assert.Equal(0, await Node.Daemon.Exited());
        Node.Flavour = Flavour.Thin;
        (await Node.Check(second)).Succeeded();
        (await Node.Check(third)).Succeeded();
        Assert.Equal(added, (await Node.Add(third)).Result().GetRawText());
        (await Node.Del(third)).Succeeded();
        (await Node.Del(second)).Succeeded();

        Assert.Equal(before, Node.Remains(first, second, third));
    }

    [RootFact]
    public async Task A_DEL_that_the_thin_plugin_has_stored_is_carried_out_by_a_daemon_that_comes_later()
    {
        var moody = Node.Steered("moody");
        moody.On("DEL", does => does.Fails(104, "the switch does not answer"));
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", moody.Type)));
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Error();
        moody.Forget("DEL");

        Node.Flavour = Flavour.Thick;
        await Node.StartDaemon();

        await Wait.Until(
            $"the stored DEL is done and leaves this:\n{before}",
            () => Node.Remains(pod) == before,
            () => Node.Remains(pod)
        );
    }

    [RootFact]
    public async Task A_DEL_that_the_shim_has_stored_is_carried_out_by_the_thin_plugin()
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", recorder.Type)));
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        Node.Flavour = Flavour.Thick;
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();
        (await Node.Del(pod)).Succeeded(); // kept, for there is no daemon
        Assert.Single(Node.Folders.PendingFiles());

        Node.Flavour = Flavour.Thin;
        (
            await Node.Shim(
                "GC",
                null,
                new ShimOptions("1.1.0") { MoreConfiguration = ",\"cni.dev/valid-attachments\":[]" }
            )
        ).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }
}
