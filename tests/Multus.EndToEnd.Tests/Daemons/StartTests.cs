using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>How the daemon starts, and when it refuses to.</summary>
public sealed class StartTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int BadConfiguration = 64;

    [RootFact]
    public async Task Every_bad_key_of_both_files_is_named_and_the_exit_status_is_64()
    {
        Node.With("logLevel", "chatty").With("cniDir", "relative").WithJson("logToStderr", "\"maybe\"");
        Node.Hocon = "multus { delegates.slots = 0, sandboxes.add-timeout = soon, delegates { slotz = 1 } }";

        Assert.Equal(BadConfiguration, await Node.LaunchDaemon().Exited());

        var log = Node.Log.ToString();
        Assert.Contains(
            "daemon-config.json: logLevel must be one of debug, verbose, info, error, panic; found \"chatty\"",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "daemon-config.json: cniDir must be an absolute path; found \"relative\"",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "daemon-config.json: logToStderr must be true or false; found \"maybe\"",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "test.hocon:4:10: multus.delegates.slots = 0: must be between 1 and 1024",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "test.hocon:4:31: multus.sandboxes.add-timeout = soon: must be a duration",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "test.hocon:4:73: there is no key multus.delegates.slotz; did you mean multus.delegates.slots?",
            log,
            StringComparison.Ordinal
        );
    }

    [RootTheory]
    [InlineData("{ \"cniDir\": ", "is not JSON")]
    [InlineData("[]", "must be a JSON object")]
    public async Task A_configuration_that_cannot_be_read_is_named_and_the_exit_status_is_64(string content, string why)
    {
        var file = Node.Folders.Write("broken.json", content);

        Assert.Equal(BadConfiguration, await Node.LaunchDaemon(file).Exited());

        Assert.Contains($"{file}: the configuration {why}", Node.Log.ToString(), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_second_daemon_on_the_same_socket_takes_over_and_the_first_has_it_back_when_that_is_killed()
    {
        var first = await Node.StartDaemon();

        var second = Node.LaunchDaemon();

        await Node.Log.Line($"another daemon has taken {Node.Folders.Socket} over");
        Assert.False(first.HasExited);
        await Node.Ready();
        await Node.Log.Line("the daemon before this one is idle");

        var mark = Node.Log.Mark();
        await second.Kill();
        await Node.Log.Line($"nobody else listens on {Node.Folders.Socket} any more", mark);
        Assert.False(first.HasExited);
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    [RootFact]
    public async Task An_ADD_under_way_at_a_takeover_succeeds_and_nothing_is_collected_before_its_end()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "patient")));
        var plugin = Node.Steered("patient");
        var gate = plugin.Gate();
        plugin.On("ADD", does => does.WaitsFor(gate).Answers("""{"cniVersion":"1.0.0"}"""));
        await Node.StartDaemon();
        var add = Node.Add(Node.Pod(), new ShimOptions(WaitSeconds: 0));
        await plugin.Began("ADD");
        Node.LaunchDaemon();
        await Node.Log.Line($"another daemon has taken {Node.Folders.Socket} over");
        await Node.Ready();

        var list = new ShimOptions(
            Stdin: $$"""
            {"cniVersion":"1.1.0","name":"multus-cni-network","type":"multus-shim",
             "daemonSocketDir":"{{Node.Folders.SocketDir}}","cni.dev/valid-attachments":[]}
            """
        );
        Assert.Equal(11u, (await Node.Shim("GC", null, list)).Error().Code);
        Assert.False(add.IsCompleted);

        gate.Open();

        (await add).Succeeded();
        await Node.Log.Line("the daemon before this one is idle");
        (await Node.Shim("GC", null, list)).Succeeded();
    }

    [RootFact]
    public async Task The_end_of_a_daemon_that_was_taken_over_is_nothing_to_the_one_that_took_over()
    {
        var first = await Node.StartDaemon();
        var second = Node.LaunchDaemon();
        await Node.Log.Line($"another daemon has taken {Node.Folders.Socket} over");

        first.AskToStop();

        Assert.Equal(0, await first.Exited());
        await Node.Ready();
        Assert.False(second.HasExited);
        Assert.True(File.Exists(Node.Folders.Socket));
    }

    [RootFact]
    public async Task The_socket_of_a_daemon_that_was_killed_is_taken_over()
    {
        var first = await Node.StartDaemon();
        await first.Kill();
        Assert.True(File.Exists(Node.Folders.Socket));

        await Node.StartDaemon();

        Assert.True(await Node.Client.IsFine("/healthz"));
    }

    [RootFact]
    public async Task What_a_killed_daemon_has_left_half_written_is_removed_and_nothing_else_is()
    {
        Node.Folders.Write("cni/.sandbox.0123456789abcdef.tmp", "[{");
        Node.Folders.Write("cni/results/.cluster-sandbox-eth0.0123456789abcdef.tmp", "{");
        Node.Folders.Write("cni/results/.somebody-elses.tmp", "");
        Node.Folders.Write("cni/results/cluster-sandbox-eth0", "{}");

        await Node.StartDaemon();

        Assert.Equal(["results/.somebody-elses.tmp", "results/cluster-sandbox-eth0"], Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task What_else_is_in_the_socket_folder_stays()
    {
        var other = Node.Folders.Write("run/other.txt", "somebody else's");

        await Node.StartDaemon();

        Assert.True(File.Exists(other));
    }
}
