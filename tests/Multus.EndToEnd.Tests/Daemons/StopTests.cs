using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>SIGTERM: what is under way ends, within the time to drain.</summary>
public sealed class StopTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task An_idle_daemon_that_is_asked_to_stop_ends_well()
    {
        var daemon = await Node.StartDaemon();

        daemon.AskToStop();

        Assert.Equal(0, await daemon.Exited());
        Assert.False(await Node.Client.IsFine("/healthz"));
    }

    [RootFact]
    public async Task An_ADD_under_way_ends_well_before_the_daemon_does()
    {
        var (plugin, pod) = WaitingPod();
        var gate = plugin.Gate();
        plugin.On("ADD", does => does.WaitsFor(gate));
        var daemon = await Node.StartDaemon();
        var add = Node.Add(pod);
        await plugin.Began("ADD");

        daemon.AskToStop();
        await Node.Log.Line("told to stop");
        Assert.False(daemon.HasExited);
        gate.Open();

        (await add).Succeeded();
        Assert.Equal(0, await daemon.Exited());
        Assert.Contains(pod.Sandbox, Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task The_socket_closes_first_then_requests_end_then_those_who_worked_on_them_the_last_writes_and_the_watch()
    {
        Node.With("logLevel", "debug");
        var (plugin, pod) = WaitingPod();
        var gate = plugin.Gate();
        plugin.On("ADD", does => does.WaitsFor(gate));
        var daemon = await Node.StartDaemon();
        var add = Node.Add(pod);
        await plugin.Began("ADD");

        daemon.AskToStop();
        await Node.Log.Line("stopping: nobody can connect any more");
        Assert.False(await Node.Client.IsFine("/healthz"));
        Assert.DoesNotContain(
            Node.Log.Lines,
            line => line.Contains("stopping: requests have ended", StringComparison.Ordinal)
        );
        gate.Open();

        (await add).Succeeded();
        Assert.Equal(0, await daemon.Exited());
        AssertInOrder(
            "nobody can connect any more",
            "requests have ended, but for 0",
            ": sandboxes has ended",
            "annotations has ended",
            "cluster has ended",
            "] stopped"
        );
        AssertInOrder("requests have ended, but for 0", "the server has ended", "annotations has ended");
    }

    // Akka prints there what its logger has not taken when the system ends:
    // findings/akka-logger-leftovers-on-stdout.sh.
    [RootFact]
    public async Task Nothing_is_printed_on_stdout_however_much_Akka_has_to_say_at_the_end()
    {
        var stdout = Path.Combine(Node.Folders.Root, "stdout");
        Node.Launcher = ["sh", "-c", "file=$0; exec \"$@\" >\"$file\"", stdout];
        Node.Hocon =
            "akka { loglevel = DEBUG, actor.debug { lifecycle = on, unhandled = on, event-stream = on, autoreceive = on } }";
        var daemon = await Node.StartDaemon();

        daemon.AskToStop();

        Assert.Equal(0, await daemon.Exited());
        Assert.Equal("", await File.ReadAllTextAsync(stdout));
    }

    [RootFact]
    public async Task An_ADD_that_does_not_end_is_killed_when_the_time_to_drain_is_over_and_stays_on_record()
    {
        Node.Hocon = "multus.node.drain-timeout = 300ms";
        var (plugin, pod) = WaitingPod();
        plugin.On("ADD", does => does.Hangs());
        var daemon = await Node.StartDaemon();
        var add = Node.Add(pod, new ShimOptions(WaitSeconds: 0));
        await plugin.Began("ADD");

        daemon.AskToStop();

        Assert.Equal(0, await daemon.Exited());
        await Node.Log.Line("requests were still under way 0.3 s after the stop signal");
        Assert.Equal(11u, (await add).Error().Code);
        var child = plugin.Calls[0].ChildPid;
        await Wait.Until(
            "the plugin and its child are dead",
            () => !Directory.Exists($"/proc/{plugin.Calls[0].Pid}") && !Directory.Exists($"/proc/{child}")
        );

        plugin.Forget("ADD");
        await Node.StartDaemon();
        (await Node.Del(pod)).Succeeded();
        Assert.Empty(Node.Folders.CniFiles());
    }

    private void AssertInOrder(params string[] texts)
    {
        var lines = Node.Log.Lines.ToList();
        Assert.Equal(
            texts,
            texts.OrderBy(text => lines.FindIndex(line => line.Contains(text, StringComparison.Ordinal)))
        );
        Assert.All(texts, text => Assert.Contains(lines, line => line.Contains(text, StringComparison.Ordinal)));
    }

    private (SteeredPlugin Plugin, TestPod Pod) WaitingPod()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "patient")));
        return (Node.Steered("patient"), Node.Pod());
    }
}
