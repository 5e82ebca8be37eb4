using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Garbage;

public class CollectionTests : CollectionFixture
{
    [Fact]
    public async Task Edge_140_a_sandbox_that_the_runtime_does_not_list_is_detached_with_all_its_networks()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");
        await Attach(sandboxes, "c2");
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Collect(sandboxes, "c2"));

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

        Assert.IsType<CniReply.Done>(await Collect(sandboxes, "c1", "c2"));

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

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

        Assert.Equal("", _lists["second"]);
        Assert.Empty(Networks);
        _lists.Clear();
        Assert.IsType<CniReply.Done>(await Collect(sandboxes));
        Assert.Empty(_lists);
    }

    [Fact]
    public async Task A_network_whose_plugins_failed_to_collect_is_remembered_and_the_error_reaches_the_caller_with_its_code()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Detach(sandboxes);
        Plugins.On(
            CniCommand.Gc,
            "second",
            _ => Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(121, "the store is away")))
        );

        var refused = Assert.IsType<CniReply.Refused>(await Collect(sandboxes));

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

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

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

        var refused = Assert.IsType<CniReply.Refused>(await Collect(sandboxes));

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

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

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

        Assert.IsType<CniReply.Done>(await Collect(sandboxes, "c2"));

        Assert.DoesNotContain(Plugins.Calls, call => call.StartsWith("DEL", StringComparison.Ordinal));
        Assert.Equal("c2/net1", _lists["second"]);
    }

    [Fact]
    public async Task Results_without_a_record_are_told_from_those_of_sandboxes_that_have_one_whatever_dashes_are_in_the_names()
    {
        var config = Convert.ToBase64String("""{"cniVersion":"1.1.0","name":"a-b","type":"second"}"""u8);
        foreach (var (container, ifName) in new[] { ("x-y", "net-1"), ("x-y", "net-2"), ("z", "net1") })
        {
            Temp.File(
                $"cni/results/a-b-{container}-{ifName}",
                $$"""{"kind":"cniCacheV1","containerId":"{{container}}","config":"{{config}}","ifName":"{{ifName}}","networkName":"a-b","result":{"cniVersion":"1.1.0"} }"""
            );
        }

        Assert.IsType<CniReply.Done>(await Collect(Sandboxes(), "z"));

        Assert.Equal(
            ["DEL second net-1", "DEL second net-2"],
            Plugins.Calls.Where(call => call.StartsWith("DEL", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(["results/a-b-z-net1"], Kept);
    }

    [Fact]
    public async Task DisableGC_in_Multus_own_configuration_leaves_everything_as_it_is()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();
        ExtraKeys = ""","disableGC":"TRUE" """;

        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

        Assert.Empty(Plugins.Calls);
        Assert.Contains("c1", Kept);
    }

    [Fact]
    public async Task Edge_139_a_node_without_any_state_has_nothing_to_collect()
    {
        Assert.IsType<CniReply.Done>(await Collect(Sandboxes(), "c1"));

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_sandbox_that_upstream_s_daemon_attached_is_found_by_its_cached_results()
    {
        var config = Convert.ToBase64String("""{"cniVersion":"1.1.0","name":"blue","type":"second"}"""u8);
        Temp.File(
            "cni/results/blue-c7-net1",
            $$"""{"kind":"cniCacheV1","containerId":"c7","config":"{{config}}","ifName":"net1","networkName":"blue","cniArgs":[["IgnoreUnknown","true"]],"result":{"cniVersion":"1.1.0"} }"""
        );

        Assert.IsType<CniReply.Done>(await Collect(Sandboxes()));

        Assert.Equal(["DEL second net1", "GC second "], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Of_a_listed_sandbox_that_is_not_known_here_the_usual_names_are_kept_in_every_network()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes, "c1");

        Assert.IsType<CniReply.Done>(await Collect(sandboxes, "c1", "lost"));

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

        var refused = Assert.IsType<CniReply.Refused>(await Collect(sandboxes, "c1"));

        Assert.Equal(CniErrorCode.TryAgainLater, refused.Error.Code);
        Assert.Contains("damaged", refused.Error.Message);
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_file_in_cniDir_that_is_no_record_stays()
    {
        Temp.File("cni/README", "not ours");

        Assert.IsType<CniReply.Done>(await Collect(Sandboxes()));

        Assert.Equal(["README"], Kept);
    }

    [Fact]
    public async Task Edge_262_a_list_that_holds_the_sandbox_keeps_it_and_an_empty_one_has_it_deleted_before_the_plugins_collect()
    {
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);

        Assert.IsType<CniReply.Done>(await Collect(sandboxes, "c1"));
        Assert.Equal("c1/eth0", _lists["cluster"]);
        Assert.IsType<CniReply.Done>(await Collect(sandboxes));

        Assert.Equal("", _lists["cluster"]);
        Assert.Equal(["ADD cluster eth0", "GC cluster ", "DEL cluster eth0", "GC cluster "], Plugins.Calls);
    }
}
