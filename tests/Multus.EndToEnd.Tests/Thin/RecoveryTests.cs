using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Thin;

/// <summary>What fails without a daemon is an error to the runtime, and nothing of it is lost until it is done.</summary>
public sealed class RecoveryTests(ITestOutputHelper output) : NodeTest(output, Flavour.Thin)
{
    [RootFact]
    public async Task A_DEL_that_fails_is_an_error_and_stays_stored_until_the_runtimes_next_one()
    {
        var (moody, pod, before) = MoodyPod();
        (await Node.Add(pod)).Succeeded();

        var error = (await Node.Del(pod)).Error();

        Assert.Equal(104u, error.Code);
        Assert.Single(Node.Folders.PendingFiles());
        moody.Forget("DEL");
        (await Node.Del(pod)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task A_DEL_that_is_stored_is_carried_out_by_GC()
    {
        var (moody, pod, before) = MoodyPod();
        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Error();
        (await Collect()).Succeeded();
        Assert.Single(Node.Folders.PendingFiles()); // the switch still does not answer
        moody.Forget("DEL");

        (await Collect()).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
        await Node.Log.Line($"of sandbox {pod.Sandbox} carried out");
    }

    [RootFact]
    public async Task A_roll_back_that_fails_is_stored_and_undone_by_the_runtimes_DEL()
    {
        var (moody, pod, before) = MoodyPod();
        moody.On("ADD", does => does.Fails(104, "the switch says no"));

        Assert.Equal(104u, (await Node.Add(pod)).Error().Code);
        Assert.Single(Node.Folders.PendingFiles());
        moody.Forget("DEL");
        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    [RootFact]
    public async Task GC_takes_away_what_the_runtime_does_not_list_and_leaves_what_it_lists()
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", recorder.Type)));
        var (gone, listed) = (Node.Pod(), Node.Pod());
        (await Node.Add(gone)).Succeeded();
        (await Node.Add(listed)).Succeeded();

        (await Collect($$"""{"containerID":"{{listed.Sandbox}}","ifname":"eth0"}""")).Succeeded();

        var deleted = Assert.Single(recorder.Calls, call => call.Command == "DEL");
        Assert.Equal(gone.Sandbox, deleted.ContainerId);
        (await Node.Add(listed)).Succeeded(); // answered from the record
        Assert.Equal(2, recorder.Calls.Count(call => call.Command == "ADD"));
    }

    [RootFact]
    public async Task A_SIGTERM_in_the_middle_of_an_ADD_has_it_undone()
    {
        var slow = Node.Steered("slow");
        slow.On("ADD", does => does.Hangs());
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", slow.Type)));
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        var adding = Node.Add(pod);
        await slow.Began("ADD");

        Node.Signal("TERM");

        Assert.Equal(11u, (await adding).Error().Code);
        Assert.Equal(["ADD", "DEL"], slow.Calls.Select(call => call.Command));
        Assert.Equal(before, Node.Remains(pod));
    }

    // SIGKILL leaves the plugin alone with its work: what it makes later must not outlive the DEL.
    [RootFact]
    public async Task What_a_killed_ADD_has_left_running_is_ended_before_the_DEL_undoes_it()
    {
        const string link = "nsenter --net=\"$CNI_NETNS\" ip link add late0 type dummy";
        var slow = Node.Steered("slow");
        slow.On("ADD", does => does.Sleeps(TimeSpan.FromSeconds(20)).Does(link))
            .On("DEL", does => does.Does("nsenter --net=\"$CNI_NETNS\" ip link delete late0 2>/dev/null; true"));
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", slow.Type)));
        var pod = Node.Pod();
        var adding = Node.Add(pod);
        var call = await slow.Began("ADD");
        Node.KillNow();
        Assert.NotEqual(0, (await adding).ExitCode);

        (await Node.Del(pod)).Succeeded();

        Assert.Empty(pod.Links());
        Assert.Empty(Node.Folders.CniFiles());
        await Node.Log.Line($"killed process {call.Pid} and its group");
    }

    [RootFact]
    public async Task Messages_go_to_the_log_file_line_by_line_and_not_to_stderr_if_that_is_switched_off()
    {
        var file = Path.Combine(Node.Folders.Root, "multus.log");
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", recorder.Type)))
            .With("logFile", file)
            .WithJson("logToStderr", "false");
        var pods = Enumerable.Range(0, 4).Select(_ => Node.Pod()).ToArray();

        var runs = await Task.WhenAll(pods.Select(pod => Node.Add(pod)));

        Assert.All(runs, run => Assert.Equal("", run.Succeeded().Stderr));
        var lines = await File.ReadAllLinesAsync(file);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\S+ \[(INF|DBG)\] ", line));
        Assert.All(
            pods,
            pod =>
                Assert.Single(
                    lines,
                    line => line.Contains($"ADD of sandbox {pod.Sandbox} done", StringComparison.Ordinal)
                )
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [RootFact]
    public async Task A_key_with_a_value_that_cannot_be_is_named_and_a_DEL_does_not_mind()
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", recorder.Type)));
        var pod = Node.Pod();
        (await Node.Add(pod)).Succeeded();
        Node.With("logLevel", "loud");

        var error = (await Node.Check(pod)).Error();

        Assert.Equal(7u, error.Code);
        Assert.Contains(
            "'logLevel' must be one of debug, verbose, info, error, panic",
            error.Message,
            StringComparison.Ordinal
        );
        (await Node.Del(pod)).Succeeded();
    }

    private (SteeredPlugin Moody, TestPod Pod, string Before) MoodyPod()
    {
        var moody = Node.Steered("moody");
        moody.On("DEL", does => does.Fails(104, "the switch does not answer"));
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", moody.Type)));
        var pod = Node.Pod();
        return (moody, pod, Node.Remains(pod));
    }

    private Task<ShimRun> Collect(string list = "") =>
        Node.Shim(
            "GC",
            null,
            new ShimOptions("1.1.0") { MoreConfiguration = $",\"cni.dev/valid-attachments\":[{list}]" }
        );
}
