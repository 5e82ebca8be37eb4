using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>What the shim does without a daemon.</summary>
public sealed class AbsentDaemonTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local")]
    public async Task An_ADD_waits_for_a_daemon_that_starts_after_it()
    {
        var pod = Node.Pod();
        var add = Node.Add(pod);
        Assert.False(add.IsCompleted);

        await Node.StartDaemon();

        (await add).Succeeded();
        Assert.Equal(["eth0"], pod.Links());
    }

    [RootFact]
    public async Task An_ADD_that_has_waited_long_enough_asks_to_be_tried_again_and_names_the_socket()
    {
        var error = (await Node.Add(Node.Pod(), new ShimOptions(WaitSeconds: 0.3))).Error();

        Assert.Equal(11u, error.Code);
        Assert.Contains(Node.Folders.Socket, error.Message + error.Details, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_DEL_that_can_neither_be_done_nor_stored_asks_to_be_tried_again()
    {
        await File.WriteAllTextAsync(Node.Folders.CniDir, "a file where the folder should be");

        var error = (await Node.Del(Node.Pod())).Error();

        Assert.Equal(11u, error.Code);
        Assert.Contains(Node.Folders.Pending, error.Message + error.Details, StringComparison.Ordinal);
    }
}
