using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

public class AttachOperationTests : SandboxFixture
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_node_s_own_namespace_is_refused_before_any_plugin_runs_unless_the_request_says_that_it_may_be_that(
        bool mayBe
    )
    {
        Netlink = question =>
            question is NetlinkProtocol.CheckFree { RefusesOwn: true }
                ? new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, "the same"))
                : AnswerNetlink(question);

        var reply = await Sandboxes()
            .Ask<CniReply>(
                new CniRequest.Attach(Request() with { MayBeOwnNamespace = mayBe }, CancellationToken.None),
                Patience
            );

        Assert.Equal(!mayBe, reply is CniReply.Refused { Error.Code: CniErrorCode.InvalidNetNs });
        Assert.Equal(mayBe, Plugins.Calls.Contains("ADD cluster eth0"));
    }

    [Fact]
    public async Task Networks_are_attached_in_order_and_the_answer_is_the_cluster_network_s()
    {
        var attached = Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(["ADD cluster eth0", "ADD second net1", "ADD third net2"], Plugins.Calls);
        Assert.Equal("eth0", Assert.Single(attached.Result.Interfaces).Name);
    }

    [Fact]
    public async Task Edge_124_the_record_is_on_disk_before_the_first_delegate_runs()
    {
        string[] keptAtFirstRun = [];
        Plugins.On(
            CniCommand.Add,
            "cluster",
            call =>
            {
                keptAtFirstRun = Kept;
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        await Attach(Sandboxes());

        Assert.Equal(["c1"], keptAtFirstRun);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(CniDir, "c1")));
    }

    [Fact]
    public async Task Edge_119_142_a_failure_undoes_in_reverse_what_was_started_and_leaves_no_file()
    {
        ExtraKeys = ",\"attachMode\":\"parallel\"";
        Plugins.Fail(CniCommand.Add, "second", "no more addresses");

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Equal(
            [
                "ADD cluster eth0",
                "ADD second net1",
                "ADD third net2",
                "DEL third net2",
                "DEL second net1",
                "DEL cluster eth0",
            ],
            Plugins.Calls
        );
        Assert.Equal(100u, refused.Error.Code);
        Assert.Contains("network ns/second, interface net1", refused.Error.Message);
        Assert.Contains("no more addresses", refused.Error.Message);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task In_parallel_mode_networks_that_do_not_depend_on_one_another_are_attached_at_the_same_time()
    {
        ExtraKeys = ",\"attachMode\":\"parallel\"";
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(CniCommand.Add, "second", call => Meet(call, second, third));
        Plugins.On(CniCommand.Add, "third", call => Meet(call, third, second));

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
    }

    [Fact]
    public async Task In_sequential_mode_a_failure_keeps_the_later_networks_from_starting()
    {
        ExtraKeys = ",\"attachMode\":\"sequential\"";
        Plugins.Fail(CniCommand.Add, "second", "no more addresses");

        await Attach(Sandboxes());

        Assert.Equal(["ADD cluster eth0", "ADD second net1", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Of_several_failures_the_first_in_the_annotation_s_order_is_told()
    {
        ExtraKeys = ",\"attachMode\":\"parallel\"";
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(
            CniCommand.Add,
            "second",
            async _ =>
            {
                await third.Task; // fails last
                return new PluginOutput.Failed(new CniError(100, "first failure"));
            }
        );
        Plugins.On(
            CniCommand.Add,
            "third",
            _ =>
            {
                third.SetResult();
                return Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(100, "second failure")));
            }
        );

        Assert.Contains("first failure", Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task What_cannot_be_undone_stays_on_record_for_the_delete_that_follows()
    {
        Plugins.Fail(CniCommand.Add, "third", "broken");
        Plugins.Fail(CniCommand.Del, "second", "broken too");
        var sandboxes = Sandboxes();
        Assert.Contains("broken", Assert.IsType<CniReply.Refused>(await Attach(sandboxes)).Error.Message);
        Assert.Contains("c1", Kept);
        Plugins.Succeed(CniCommand.Del, "second");
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(["DEL second net1"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_141_a_name_that_is_taken_in_the_namespace_fails_before_any_delegate_runs()
    {
        Netlink = question =>
            question is NetlinkProtocol.CheckFree { IfNames: var names }
            && names.SequenceEqual(["eth0", "net1", "net2"])
                ? new NetlinkProtocol.Reply.Taken("net1")
                : null;

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains("interface name net1 already exists", refused.Error.Message);
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task An_IPAM_plugin_that_is_not_installed_fails_before_any_delegate_runs()
    {
        Temp.File("bin/bridge", "never run: the plugins are faked");
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "n" },
            ("ns", "n", """{"cniVersion":"1.0.0","type":"bridge","ipam":{"type":"whereabouts"}}""")
        );

        Assert.Contains(
            "failed to find plugin \"whereabouts\"",
            Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Edge_078_a_network_that_does_not_exist_fails_before_any_delegate_runs()
    {
        Cluster = question =>
            question is ClusterProtocol.FindNetworks
                ? new ClusterProtocol.NetworksReply.Found(
                    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty
                )
                : AnswerCluster(question);

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains(
            "cannot find a network-attachment-definition (second) in namespace (ns)",
            refused.Error.Message
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_pod_that_cannot_be_asked_for_is_not_attached_with_fewer_networks()
    {
        Cluster = _ => new ClusterProtocol.PodReply.Failed(
            new CniError(CniErrorCode.TryAgainLater, "the source is away")
        );

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Code);
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_sandbox_of_a_pod_that_was_replaced_is_to_be_tried_again_and_nothing_is_attached()
    {
        Cluster = question =>
            question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Replaced("u2") : AnswerCluster(question);

        var error = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error;

        Assert.Equal(CniErrorCode.TryAgainLater, error.Code);
        Assert.Contains(
            "expected pod UID \"u1\" but got \"u2\" from Kube API",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_pod_that_does_not_exist_gets_the_cluster_network_only()
    {
        Cluster = question =>
            question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Unknown() : AnswerCluster(question);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_is_undone_as_any_other()
    {
        Plugins.On(CniCommand.Add, "cluster", _ => throw new InvalidOperationException("a bug"));

        Assert.Equal(CniErrorCode.Internal, Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Code);

        Assert.Equal(["ADD cluster eth0", "DEL cluster eth0"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_roll_back_that_cannot_be_recorded_does_not_hide_why_the_add_failed()
    {
        Plugins.Fail(CniCommand.Del, "cluster", "broken too");
        Plugins.On(
            CniCommand.Add,
            "second",
            _ =>
            {
                File.Delete(Path.Combine(CniDir, "c1"));
                Directory.CreateDirectory(Path.Combine(CniDir, "c1", "in-the-way")); // as a full or read-only disk: the record cannot be replaced
                return Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(100, "no more addresses")));
            }
        );

        Assert.Contains("no more addresses", Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error.Message);
    }

    [Fact]
    public async Task The_status_names_every_network_in_order_and_a_status_that_cannot_be_written_fails_nothing()
    {
        string? json = null;
        Annotations = question =>
        {
            json = (question as AnnotationsProtocol.Publish)?.Json;
            return new AnnotationsProtocol.Reply.Refused("not allowed");
        };

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        using var status = System.Text.Json.JsonDocument.Parse(json!);
        Assert.Equal(
            ["cluster", "ns/second", "ns/third"],
            status.RootElement.EnumerateArray().Select(entry => entry.GetProperty("name").GetString())
        );
    }

    private static async Task<PluginOutput> Meet(PluginCall call, TaskCompletionSource here, TaskCompletionSource other)
    {
        here.SetResult();
        await other.Task.WaitAsync(Patience);
        return FakePlugins.Success(call);
    }
}
