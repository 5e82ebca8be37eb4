using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>A plugin whose daemon was killed goes on by itself: the next daemon ends it before it listens.</summary>
public sealed class OrphanTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task A_plugin_that_a_killed_daemon_has_left_is_dead_when_the_next_one_listens()
    {
        var slow = Node.Steered("slow").On("ADD", does => does.Hangs());
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "slow")));
        var pod = Node.Pod();
        var daemon = await Node.StartDaemon();
        using var giveUp = new CancellationTokenSource();
        var add = Node.Shim("ADD", pod, kill: giveUp.Token);
        var call = await slow.Began("ADD");
        await Eventually.Holds(() => slow.Calls[0].ChildPid is not null, "the plugin has a child");
        var child = slow.Calls[0].ChildPid;
        await daemon.Kill(); // before the shim: whose end has its plugin killed
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        Assert.True(Directory.Exists($"/proc/{call.Pid}"), "the plugin has survived its daemon");

        await Node.StartDaemon();

        Assert.False(IsAlive(call.Pid));
        Assert.False(IsAlive(child!.Value));
        Assert.Contains($"killed plugin process {call.Pid}", Node.Log.ToString(), StringComparison.Ordinal);
        slow.Forget("ADD");
        (await Node.Del(pod)).Succeeded();
        Assert.Empty(Node.Folders.CniFiles());
    }

    // One that nobody has reaped yet runs no more.
    private static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat") is var stat
                && !stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
