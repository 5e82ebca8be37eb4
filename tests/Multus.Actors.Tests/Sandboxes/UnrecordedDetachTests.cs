using System.Text;
using System.Text.Json;
using Multus.Actors.Cluster;
using Multus.Actors.Netlink;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.Linux.Plugins;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>DELs of sandboxes that have no record: the cluster network attached them, or nobody.</summary>
public class UnrecordedDetachTests : SandboxFixture
{
    private readonly List<PluginCall> _calls = [];

    [Fact]
    public async Task What_the_runtime_s_own_cache_knows_of_an_unknown_sandbox_is_detached_with_the_configuration_and_the_result_it_was_attached_with()
    {
        Remember("""{"cniVersion":"1.0.0","name":"before","plugins":[{"type":"second"},{"type":"third"}]}""");
        Note(CniCommand.Del, "second");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL third eth0", "DEL second eth0"], Plugins.Calls);
        var input = JsonDocument.Parse(Assert.Single(_calls).Stdin).RootElement;
        Assert.Equal("before", input.GetProperty("name").GetString());
        Assert.Equal(
            "10.1.1.9/24",
            input.GetProperty("prevResult").GetProperty("ips")[0].GetProperty("address").GetString()
        );
        Assert.Contains(new("CNI_ARGS", "K8S_POD_NAME=before"), _calls[0].Environment);
    }

    [Fact]
    public async Task An_entry_of_the_runtime_s_cache_is_removed_when_its_sandbox_is_detached_and_no_other()
    {
        Remember("""{"cniVersion":"1.0.0","name":"before","type":"second"}""");
        Remember("""{"cniVersion":"1.0.0","name":"before","type":"second"}""", sandbox: "c2");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["before-c2-eth0"], Directory.GetFiles(RuntimeCache).Select(path => Path.GetFileName(path)));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task The_runtime_s_entry_of_its_call_of_Multus_itself_is_not_run()
    {
        Remember("""{"cniVersion":"1.0.0","name":"multus","type":"multus-shim"}""");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task An_entry_under_the_name_of_Multus_own_configuration_counts_when_it_holds_the_cluster_network_s()
    {
        Remember("""{"cniVersion":"1.0.0","name":"multus","type":"second"}""");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL second eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task A_damaged_entry_of_the_runtime_s_cache_counts_as_none()
    {
        Directory.CreateDirectory(RuntimeCache);
        File.WriteAllText(Path.Combine(RuntimeCache, "before-c1-eth0"), "{");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Of_a_sandbox_that_the_runtime_s_cache_does_not_know_the_cluster_network_is_detached_as_it_is_now_and_the_cluster_is_not_asked()
    {
        Cluster = question =>
            question is ClusterProtocol.FindNetworks { FromMemory: true }
                ? AnswerCluster(question)
                : throw new InvalidOperationException("asked");
        ExtraKeys = ",\"runtimeConfig\":{\"portMappings\":[]}";
        Note(CniCommand.Del, "cluster");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
        Assert.Contains(
            _calls[0].Environment,
            variable =>
                variable.Key == "CNI_ARGS" && variable.Value.Contains("K8S_POD_NAME=pod", StringComparison.Ordinal)
        );
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task When_the_cluster_network_cannot_be_told_the_delete_of_an_unknown_sandbox_is_done()
    {
        File.Delete(Request().Configuration.ClusterNetwork);

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Empty(Plugins.Calls);
        Assert.Empty(PendingDeletes.Stored);
    }

    [Fact]
    public async Task A_delete_of_an_unknown_sandbox_that_fails_is_stored_and_what_the_next_one_needs_is_on_record()
    {
        Remember("""{"cniVersion":"1.0.0","name":"before","type":"second"}""");
        Plugins.Fail(CniCommand.Del, "second", "device busy");

        Assert.True(Assert.IsType<CniReply.Refused>(await Detach(Sandboxes())).IsStored);
        Assert.Empty(Directory.GetFiles(RuntimeCache));
        Plugins.Succeed(CniCommand.Del, "second");
        Note(CniCommand.Del, "second");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Contains(
            "10.1.1.9/24",
            Encoding.UTF8.GetString(Assert.Single(_calls).Stdin.Span),
            StringComparison.Ordinal
        );
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_cluster_network_that_cannot_be_detached_without_a_namespace_from_a_sandbox_that_nobody_knows_can_be_given_up()
    {
        Netlink = question =>
            question is NetlinkProtocol.CheckFree
                ? new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, "not there"))
                : AnswerNetlink(question);
        Plugins.Fail(CniCommand.Del, "cluster", "no namespace");

        Assert.NotEmpty(Assert.IsType<CniReply.Refused>(await Detach(Sandboxes())).Hopeless);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_the_runtime_s_three_deletes_of_a_sandbox_only_the_first_runs_plugins_also_over_a_restart_of_the_daemon(
        bool isOurs
    )
    {
        var sandboxes = Sandboxes();
        if (isOurs)
            await Attach(sandboxes);
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Two_deletes_at_the_same_time_of_an_unknown_sandbox_run_its_plugins_once()
    {
        var begun = new TaskCompletionSource();
        var end = new TaskCompletionSource<PluginOutput>();
        Plugins.On(
            CniCommand.Del,
            "cluster",
            _ =>
            {
                begun.TrySetResult();
                return end.Task;
            }
        );
        var sandboxes = Sandboxes();

        var first = Detach(sandboxes);
        var second = Detach(sandboxes);
        await begun.Task.WaitAsync(Patience);
        end.SetResult(new PluginOutput.Succeeded(default));

        Assert.All(await Task.WhenAll(first, second), reply => Assert.IsType<CniReply.Done>(reply));
        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task The_delete_after_a_failed_ADD_runs_nothing_that_its_roll_back_has_run()
    {
        Plugins.Fail(CniCommand.Add, "third", "no");
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Refused>(await Attach(sandboxes));
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_container_that_is_attached_anew_is_not_remembered_as_detached()
    {
        var sandboxes = Sandboxes();
        await Detach(sandboxes);
        await Attach(sandboxes);
        File.Delete(Path.Combine(CniDir, "c1")); // whoever has done it: what the container has must be freed

        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Of_many_unknown_sandboxes_a_few_are_detached_at_once_and_an_ADD_does_not_wait_for_them()
    {
        var end = new TaskCompletionSource<PluginOutput>();
        Plugins.On(CniCommand.Del, "cluster", _ => end.Task);
        var sandboxes = Sandboxes();
        var deletes = Enumerable.Range(0, 50).Select(i => Detach(sandboxes, $"unrecorded{i}")).ToArray();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.InRange(Plugins.Calls.Count(call => call == "DEL cluster eth0"), 0, 2);
        end.SetResult(new PluginOutput.Succeeded(default));

        Assert.All(await Task.WhenAll(deletes), reply => Assert.IsType<CniReply.Done>(reply));
        Assert.Equal(50, Plugins.Calls.Count(call => call == "DEL cluster eth0"));
    }

    private void Note(CniCommand command, string type) =>
        Plugins.On(
            command,
            type,
            call =>
            {
                _calls.Add(call);
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

    private void Remember(string config, string sandbox = "c1")
    {
        new FileResultCache(RuntimeCache).Store(
            new CachedAttachment(
                CachedAttachment.CurrentKind,
                JsonDocument.Parse(config).RootElement.GetProperty("name").GetString()!,
                sandbox,
                "eth0",
                "/run/netns/x",
                Encoding.UTF8.GetBytes(config),
                [new("K8S_POD_NAME", "before")],
                [],
                """{"cniVersion":"1.0.0","ips":[{"address":"10.1.1.9/24"}]}"""u8.ToArray()
            )
        );
    }
}
