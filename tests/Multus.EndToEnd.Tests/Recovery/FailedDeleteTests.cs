using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>A DEL that cannot be done now is kept until it can.</summary>
public sealed class FailedDeleteTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_whose_delegate_fails_stays_stored_and_is_done_when_the_delegate_works_again()
    {
        var moody = Node.Steered("moody");
        moody.On("DEL", does => does.Fails(104, "the switch does not answer"));
        Node.Manifests.Network("moody-net", Networks.Steered("moody-net", "moody"));
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        var pod = Node.Pod("moody-net,bridge-conf");
        var before = Node.Remains(pod);
        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();

        var del = (await Node.Del(pod)).Succeeded();

        Assert.Contains("the switch does not answer", del.Stderr, StringComparison.Ordinal);
        Assert.Empty(pod.Links()); // the others are gone all the same
        await moody.Ended("DEL", count: 3);
        Assert.Single(Node.Folders.PendingFiles());

        moody.Forget("DEL");

        await Wait.Until(
            $"the stored DEL is done and leaves this:\n{before}",
            () => Node.Remains(pod) == before,
            () => Node.Remains(pod)
        );
    }

    [RootFact]
    public async Task A_DEL_that_nobody_has_heard_of_succeeds()
    {
        await Node.StartDaemon();

        (await Node.Del(Node.UnknownPod("unrecorded"))).Succeeded();

        Assert.Empty(Node.Folders.CniFiles());
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_sandbox_whose_record_is_damaged_is_deleted_by_the_results_on_disk()
    {
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();
        await File.WriteAllTextAsync(Path.Combine(Node.Folders.CniDir, pod.Sandbox), "[{");
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_needs_the_record_and_nothing_else()
    {
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        var pod = Node.Pod("bridge-conf");
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();
        foreach (var manifest in Directory.EnumerateFiles(Node.Folders.Manifests))
            File.Delete(manifest);
        Directory.Delete(Path.Combine(Node.Folders.Root, "net.d"), recursive: true);
        Node.With("clusterNetwork", "gone").WithJson("namespaceIsolation", "true").With("globalNamespaces", "nowhere");
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_roll_back_that_fails_is_repeated_by_the_daemon_although_no_DEL_comes()
    {
        var moody = Node.Steered("moody");
        moody
            .On("ADD", does => does.Fails(104, "the switch says no"))
            .On("DEL", does => does.Fails(104, "the switch does not answer"));
        Node.Manifests.Network("moody-net", Networks.Steered("moody-net", "moody"));
        var pod = Node.Pod("moody-net");
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();

        Assert.Equal(104u, (await Node.Add(pod)).Error().Code);
        Assert.Single(Node.Folders.PendingFiles());
        await daemon.Kill();
        moody.Forget("DEL");
        await Node.StartDaemon();

        await Wait.Until(
            $"the roll-back is done and leaves this:\n{before}",
            () => Node.Remains(pod) == before,
            () => Node.Remains(pod)
        );
    }
}
