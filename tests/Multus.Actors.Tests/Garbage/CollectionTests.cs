using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.TestSupport;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Tests.Garbage;

public class CollectionTests : SandboxFixture
{
    private readonly ConcurrentDictionary<string, string> _lists = [];

    public CollectionTests()
    {
        Temp.File("cluster.conf", """{"cniVersion":"1.1.0","name":"cluster","type":"cluster"}""");
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "second,third" },
            ("ns", "second", """{"cniVersion":"1.1.0","name":"blue","type":"second"}"""), ("ns", "third", """{"cniVersion":"1.0.0","type":"third"}"""));
        foreach (var type in new[] { "cluster", "second" })
            Plugins.On(CniCommand.Gc, type, Collect);
    }

    [Fact]
    public async Task Edge_140_a_sandbox_that_the_runtime_does_not_list_is_detached_with_all_its_networks()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await Attach(sandboxes, "c2");
        Plugins.Calls.Clear();

        Assert.IsType<Reply.Done>(await Collect(sandboxes, "c2"));

        Assert.Equal(["DEL third net2", "DEL second net1", "DEL cluster eth0"], Plugins.Calls.Take(3));
        Assert.Equal(["c2", "results/blue-c2-net1", "results/cluster-c2-eth0", "results/third-c2-net2"], Kept);
    }

    [Fact]
    public async Task Edge_136_137_plugins_that_know_GC_get_their_own_network_s_attachments_and_older_ones_are_not_asked()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await Attach(sandboxes, "c2");
        Plugins.Calls.Clear();

        Assert.IsType<Reply.Done>(await Collect(sandboxes, "c1", "c2"));

        Assert.Equal(["GC cluster ", "GC second "], Plugins.Calls.Order(StringComparer.Ordinal));
        Assert.Equal("c1/eth0 c2/eth0", _lists["cluster"]);
        Assert.Equal("c1/net1 c2/net1", _lists["second"]);
    }

    [Fact]
    public async Task Edge_138_a_network_is_collected_when_its_sandboxes_are_long_gone_and_then_forgotten()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Detach(sandboxes);
        Assert.Empty(Kept);
        Assert.Equal(3, Networks.Length);

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.Equal("", _lists["second"]);
        Assert.Empty(Networks);
        _lists.Clear();
        Assert.IsType<Reply.Done>(await Collect(sandboxes));
        Assert.Empty(_lists);
    }

    [Fact]
    public async Task A_network_whose_plugins_failed_to_collect_is_remembered_and_the_error_reaches_the_caller_with_its_code()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Detach(sandboxes);
        Plugins.On(CniCommand.Gc, "second", _ => Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(121, "the store is away"))));

        var refused = Assert.IsType<Reply.Refused>(await Collect(sandboxes));

        Assert.Equal(121u, refused.Error.Code);
        Assert.StartsWith("GC of network ns/second: ", refused.Error.Message);
        Assert.Contains("the store is away", refused.Error.Message);
        Assert.Single(Networks);
        Assert.Equal("", _lists["cluster"]); // the others have been collected
    }

    [Fact]
    public async Task What_could_not_be_detached_is_stored_and_stays_in_use_and_fails_no_collection()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.Equal("c1/net1", _lists["second"]);
        Assert.Equal("", _lists["cluster"]);
        Assert.Equal(["c1.eth0"], PendingDeletes.Stored.Keys);
    }

    [Fact]
    public async Task What_could_be_neither_detached_nor_stored_is_an_error()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        PendingDeletes.StoreFailure = new IOException("disk full");

        var refused = Assert.IsType<Reply.Refused>(await Collect(sandboxes));

        Assert.StartsWith("sandbox c1: ", refused.Error.Message);
        Assert.Contains("device busy", refused.Error.Message);
    }

    [Fact]
    public async Task A_record_that_is_left_over_is_asked_for_by_the_sandbox_s_own_interface_and_has_no_second_stored_DEL()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        await Detach(sandboxes); // the record has net1 alone now
        Assert.Equal(["c1.eth0"], PendingDeletes.Stored.Keys);
        PendingDeletes.Stored.Clear();

        await Collect(sandboxes);

        Assert.Equal(["c1.eth0"], PendingDeletes.Stored.Keys);
    }

    [Fact]
    public async Task A_sandbox_whose_DEL_is_stored_is_left_to_whoever_repeats_it()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "second", "device busy");
        await Detach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.DoesNotContain("DEL second net1", Plugins.Calls);
        Assert.Equal("c1/net1", _lists["second"]);
    }

    [Fact]
    public async Task What_was_given_up_is_in_use_no_more_so_that_the_plugins_may_free_it()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await Attach(sandboxes, "c2");
        PendingDeletes.GiveUp("c1.eth0", ["something"]);
        Plugins.Calls.Clear();

        Assert.IsType<Reply.Done>(await Collect(sandboxes, "c2"));

        Assert.DoesNotContain(Plugins.Calls, call => call.StartsWith("DEL", StringComparison.Ordinal));
        Assert.Equal("c2/net1", _lists["second"]);
    }

    [Fact]
    public async Task A_collection_that_was_cut_off_has_done_what_it_did_and_the_next_goes_on_with_the_rest()
    {
        using var gone = new CancellationTokenSource();
        var sandboxes = Sandboxes();
        for (var i = 0; i < 20; i++)
            await Attach(sandboxes, $"c{i}");
        var deleted = 0;
        Plugins.On(CniCommand.Del, "cluster", call =>
        {
            if (Interlocked.Increment(ref deleted) == 5)
                gone.Cancel();
            return Task.FromResult(FakePlugins.Success(call));
        });

        var cut = await sandboxes.Ask<Reply>(new CollectGarbage("r2", Request().Configuration, [Temp["bin"]], [], gone.Token), Patience, CancellationToken.None);
        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<Reply.Refused>(cut).Error.Code);
        Assert.InRange(deleted, 5, 12); // and those that were under way

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.Equal(20, deleted);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Whether_a_stale_sandbox_s_pod_has_another_one_is_known_from_those_that_are_listed()
    {
        var cleared = new ConcurrentQueue<string>();
        Annotations = question => question switch
        {
            AnnotationsProtocol.Clear { IsSure: true } clear => Noted(clear),
            AnnotationsProtocol.Clear => new AnnotationsProtocol.Reply.Unsure(),
            _ => new AnnotationsProtocol.Reply.Stored(),
        };
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await Attach(sandboxes, "c2"); // the same pod's

        await Collect(sandboxes, "c2");
        Assert.Empty(cleared);
        await Collect(sandboxes);
        Assert.Equal(["c2"], cleared);

        AnnotationsProtocol.Reply Noted(AnnotationsProtocol.Clear clear)
        {
            cleared.Enqueue(clear.Sandbox.Value);
            return new AnnotationsProtocol.Reply.Stored();
        }
    }

    [Fact]
    public async Task Results_without_a_record_are_told_from_those_of_sandboxes_that_have_one_whatever_dashes_are_in_the_names()
    {
        var config = Convert.ToBase64String("""{"cniVersion":"1.1.0","name":"a-b","type":"second"}"""u8);
        foreach (var (container, ifName) in new[] { ("x-y", "net-1"), ("x-y", "net-2"), ("z", "net1") })
        {
            Temp.File($"cni/results/a-b-{container}-{ifName}",
                $$"""{"kind":"cniCacheV1","containerId":"{{container}}","config":"{{config}}","ifName":"{{ifName}}","networkName":"a-b","result":{"cniVersion":"1.1.0"} }""");
        }

        Assert.IsType<Reply.Done>(await Collect(Sandboxes(), "z"));

        Assert.Equal(["DEL second net-1", "DEL second net-2"], Plugins.Calls.Where(call => call.StartsWith("DEL", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(["results/a-b-z-net1"], Kept);
    }

    [Fact]
    public async Task A_sandbox_that_is_being_attached_is_left_alone_and_its_attachments_are_in_use()
    {
        var (started, release) = Hold(CniCommand.Add, "second");
        var sandboxes = Sandboxes();
        var add = Attach(sandboxes, "c1");
        await started;

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.DoesNotContain(Plugins.Calls, call => call.StartsWith("DEL", StringComparison.Ordinal));
        Assert.Equal("c1/net1", _lists["second"]);
        release();
        Assert.IsType<Reply.Attached>(await add);
    }

    [Fact]
    public async Task An_add_that_begins_while_its_network_is_collected_waits_for_the_end()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        Plugins.Calls.Clear();
        var (started, release) = Hold(CniCommand.Gc, "cluster");
        var collecting = Collect(sandboxes, "c1");
        await started;

        var add = Attach(sandboxes, "c2");
        await Eventually.Holds(() => Kept.Contains("c2"), "c2 is on record"); // it is on record, and its first plugin has not run
        Assert.DoesNotContain("ADD cluster eth0", Plugins.Calls);
        release();
        Assert.IsType<Reply.Done>(await collecting);
        Assert.IsType<Reply.Attached>(await add);
    }

    [Fact]
    public async Task A_second_collection_is_refused_while_one_is_under_way()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        var (started, release) = Hold(CniCommand.Gc, "cluster");
        var first = Collect(sandboxes, "c1");
        await started;

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<Reply.Refused>(await Collect(sandboxes, "c1")).Error.Code);
        release();
        Assert.IsType<Reply.Done>(await first);
    }

    [Fact]
    public async Task DisableGC_in_Multus_own_configuration_leaves_everything_as_it_is()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();
        ExtraKeys = ""","disableGC":"TRUE" """;

        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.Empty(Plugins.Calls);
        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task Edge_139_a_node_without_any_state_has_nothing_to_collect()
    {
        Assert.IsType<Reply.Done>(await Collect(Sandboxes(), "c1"));

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_sandbox_that_upstream_s_daemon_attached_is_found_by_its_cached_results()
    {
        var config = Convert.ToBase64String("""{"cniVersion":"1.1.0","name":"blue","type":"second"}"""u8);
        Temp.File("cni/results/blue-c7-net1",
            $$"""{"kind":"cniCacheV1","containerId":"c7","config":"{{config}}","ifName":"net1","networkName":"blue","cniArgs":[["IgnoreUnknown","true"]],"result":{"cniVersion":"1.1.0"} }""");

        Assert.IsType<Reply.Done>(await Collect(Sandboxes()));

        Assert.Equal(["DEL second net1", "GC second "], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Of_a_listed_sandbox_that_is_not_known_here_the_usual_names_are_kept_in_every_network()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");

        Assert.IsType<Reply.Done>(await Collect(sandboxes, "c1", "lost"));

        var kept = _lists["second"].Split(' ');
        Assert.Superset(new HashSet<string> { "c1/net1", "lost/eth0", "lost/net1", "lost/net2" }, kept.ToHashSet());
        Assert.DoesNotContain("c1/net2", kept); // that is another network's
    }

    [Fact]
    public async Task As_long_as_a_listed_sandbox_has_a_damaged_record_no_plugin_is_asked_to_free_anything()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await File.WriteAllTextAsync(Path.Combine(CniDir, "c1"), "[{");
        Plugins.Calls.Clear();

        var refused = Assert.IsType<Reply.Refused>(await Collect(sandboxes, "c1"));

        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Contains("damaged", refused.Error.Message);
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_file_in_cniDir_that_is_no_record_stays()
    {
        Temp.File("cni/README", "not ours");

        Assert.IsType<Reply.Done>(await Collect(Sandboxes()));

        Assert.Equal(["README"], Kept);
    }

    [Fact]
    public async Task A_caller_that_has_gone_has_no_more_sandboxes_detached()
    {
        using var gone = new CancellationTokenSource();
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await gone.CancelAsync();

        var reply = await sandboxes.Ask<Reply>(new CollectGarbage("r2", Request().Configuration, [Temp["bin"]], [], gone.Token), Patience, CancellationToken.None);

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<Reply.Refused>(reply).Error.Code);
        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task Edge_262_a_list_that_holds_the_sandbox_keeps_it_and_an_empty_one_has_it_deleted_before_the_plugins_collect()
    {
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);

        Assert.IsType<Reply.Done>(await Collect(sandboxes, "c1"));
        Assert.Equal("c1/eth0", _lists["cluster"]);
        Assert.IsType<Reply.Done>(await Collect(sandboxes));

        Assert.Equal("", _lists["cluster"]);
        Assert.Equal(["ADD cluster eth0", "GC cluster ", "DEL cluster eth0", "GC cluster "], Plugins.Calls);
    }

    [Fact]
    public async Task The_end_of_a_collection_of_before_a_crash_is_not_taken_for_the_end_of_the_one_after_it()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var before = Hold(CniCommand.Gc, "cluster");
        var old = Collect(sandboxes, "c1");
        await before.Started.WaitAsync(Patience);
        sandboxes.Tell(new Attach(null!, CancellationToken.None)); // a bug: it crashes and starts anew
        var after = Hold(CniCommand.Gc, "cluster");
        var next = Collect(sandboxes, "c1");
        await after.Started.WaitAsync(Patience);

        before.Release();
        await old;

        Assert.Contains("another GC is under way", Assert.IsType<Reply.Refused>(await Collect(sandboxes, "c1")).Error.Message, StringComparison.Ordinal);
        after.Release();
        Assert.IsType<Reply.Done>(await next);
    }

    private Task<Reply> Collect(IActorRef sandboxes, params string[] valid)
    {
        ImmutableArray<ValidAttachment> list = [.. valid.Select(id => new ValidAttachment(id, "eth0"))];
        return sandboxes.Ask<Reply>(new CollectGarbage("r2", Request().Configuration, [Temp["bin"]], list, CancellationToken.None), Patience);
    }

    private Task<PluginOutput> Collect(PluginCall call)
    {
        _lists[call.PluginType] = string.Join(' ', ValidAttachment.ReadList(call.Stdin)!.Value.Select(a => $"{a.ContainerId}/{a.IfName}").Order(StringComparer.Ordinal));
        return Task.FromResult<PluginOutput>(new PluginOutput.Succeeded(default));
    }

    /// <summary>Has the plugin wait in the call: the first task ends when it is there, the action lets it go on.</summary>
    private (Task Started, Action Release) Hold(CniCommand command, string type)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(command, type, async call =>
        {
            started.TrySetResult();
            await release.Task;
            return FakePlugins.Success(call);
        });
        return (started.Task, release.SetResult);
    }
}
