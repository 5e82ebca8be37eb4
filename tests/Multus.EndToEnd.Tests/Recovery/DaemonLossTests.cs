using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// The daemon is killed at the worst moments; nothing that it made or that was asked of it may be lost.
/// </summary>
public sealed class DaemonLossTests(ITestOutputHelper output) : NodeTest(output)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_sent_while_the_daemon_is_away_succeeds_and_is_carried_out_when_it_is_back()
    {
        var pod = PodOfTwoNetworks();
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();

        (await Node.Del(pod)).Succeeded();

        var stored = Assert.Single(Node.Folders.PendingFiles());
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(Node.Folders.Pending, stored)));
        Assert.Equal(["eth0", "net1"], pod.Links());

        await Node.StartDaemon();

        await Wait.Until(
            $"the stored DEL is done and leaves this:\n{before}",
            () => Node.Remains(pod) == before,
            () => Node.Remains(pod)
        );
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_sent_after_the_restart_of_a_killed_daemon_leaves_nothing()
    {
        var pod = PodOfTwoNetworks();
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();
        await daemon.Kill();
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_ADD_repeated_after_the_restart_is_answered_as_the_first_time()
    {
        var pod = PodOfTwoNetworks();
        var daemon = await Node.StartDaemon();
        var first = (await Node.Add(pod)).Result().GetRawText();
        await daemon.Kill();
        await Node.StartDaemon();

        Assert.Equal(first, (await Node.Add(pod)).Result().GetRawText());
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_ADD_that_the_daemon_was_killed_in_is_undone_and_done_anew_by_the_retry_of_its_shim()
    {
        var slow = Node.Steered("slow");
        var gate = slow.Gate();
        slow.On("ADD", does => does.WaitsFor(gate));
        Node.Manifests.Network("slow-net", Networks.Steered("slow-net", "slow"));
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        var pod = Node.Pod("bridge-conf,slow-net");
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        var add = Node.Add(pod);
        await slow.Began("ADD");

        await daemon.Kill();
        gate.Open();
        await Node.StartDaemon();

        (await add).Succeeded();
        Assert.Equal(["eth0", "net1"], pod.Links());
        await slow.Ended("DEL"); // the first try was undone before the second
        Assert.Equal(2, Node.Folders.Addresses().Count);
        (await Node.Del(pod)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_of_an_ADD_that_the_daemon_was_killed_in_leaves_nothing()
    {
        var slow = Node.Steered("slow");
        var gate = slow.Gate();
        slow.On("ADD", does => does.WaitsFor(gate));
        Node.Manifests.Network("slow-net", Networks.Steered("slow-net", "slow"));
        var pod = Node.Pod("slow-net");
        var before = Node.Remains(pod);
        var daemon = await Node.StartDaemon();
        var add = Node.Add(pod, new ShimOptions(WaitSeconds: 0)); // gives up as soon as the daemon is gone
        await slow.Began("ADD");
        await daemon.Kill();
        Assert.Equal(11u, (await add).Error().Code);
        gate.Open();
        await Node.StartDaemon();

        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
        await slow.Ended("DEL");
    }

    private TestPod PodOfTwoNetworks()
    {
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        return Node.Pod("bridge-conf");
    }
}
