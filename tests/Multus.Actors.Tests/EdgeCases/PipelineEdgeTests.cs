using System.Text;
using System.Text.Json;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md C, E, F, G and H that only a whole ADD, DEL, CHECK or STATUS shows.</summary>
public class PipelineEdgeTests : SandboxFixture
{
    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public async Task Edge_043_a_plugin_that_declares_four_capabilities_gets_exactly_the_four_of_the_annotation(
        string version
    )
    {
        const string ports =
            """[{"containerPort":80,"hostPort":8080,"protocol":"tcp"},{"containerPort":8001,"hostPort":8000,"protocol":"udp"}]""";
        Cluster = ClusterOf(
            new()
            {
                ["k8s.v1.cni.cncf.io/networks"] =
                    $$$"""[{"name":"second","mac":"c2:11:22:33:44:66","ips":["10.0.0.1/24"],"bandwidth":{"ingressRate":2048},"portMappings":{{{ports}}}}]""",
            },
            (
                "ns",
                "second",
                $$$"""{"cniVersion":"{{{version}}}","type":"second","capabilities":{"mac":true,"ips":true,"bandwidth":true,"portMappings":true}}"""
            )
        );
        var stdin = Capture(CniCommand.Add, "second");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(
            $$$"""{"bandwidth":{"ingressRate":2048},"ips":["10.0.0.1/24"],"mac":"c2:11:22:33:44:66","portMappings":{{{ports}}}}""",
            stdin().GetProperty("runtimeConfig").GetRawText()
        );
    }

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public async Task Edge_044_a_plugin_of_an_inline_list_gets_the_lists_name_and_version_and_the_runtimes_port_mappings(
        string version
    )
    {
        Inline(
            $$$"""{"cniVersion":"{{{version}}}","name":"weave-list","plugins":[{"type":"cluster","capabilities":{"portMappings":true}}]}"""
        );
        ExtraKeys +=
            ",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}";
        Cluster = ClusterOf([]);
        var stdin = Capture(CniCommand.Add, "cluster");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(
            ("weave-list", version),
            (stdin().GetProperty("name").GetString(), stdin().GetProperty("cniVersion").GetString())
        );
        Assert.Equal(
            """{"portMappings":[{"containerPort":80,"hostPort":8080,"protocol":"tcp"}]}""",
            stdin().GetProperty("runtimeConfig").GetRawText()
        );
    }

    [Fact]
    public async Task Edge_086_the_cluster_network_from_the_path_of_a_conf_is_that_file()
    {
        var conf = Temp.File("elsewhere/cluster2.conf", """{"cniVersion":"1.0.0","name":"cluster2","type":"third"}""");
        ExtraKeys = $",\"clusterNetwork\":\"{conf}\"";
        Cluster = ClusterOf([]);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
        Assert.Equal(["ADD third eth0"], Plugins.Calls);
    }

    // Upstream runs nothing then and makes an answer up; here the pod of a folder of manifests need not be in it
    // (README, "Without Kubernetes").
    [Theory]
    [InlineData("1.1.0")] // row 109
    [InlineData("0.3.1")] // row 110
    [InlineData("0.4.0")]
    [InlineData("0.2.0")]
    public async Task Edge_109_110_a_pod_that_does_not_exist_succeeds_with_the_cluster_network_in_every_version(
        string version
    )
    {
        ExtraKeys = $",\"cniVersion\":\"{version}\"";
        Cluster = question =>
            question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Unknown() : AnswerCluster(question);
        Print(CniCommand.Add, "cluster", """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""");

        var attached = Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal("10.0.0.5/24", Assert.Single(attached.Result.ConvertTo(CniVersion.Parse(version)).Ips).Address);
        Assert.Equal(["ADD cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_115_two_inline_delegates_of_0_2_0_are_attached_and_detached_and_the_first_ones_result_is_the_answer()
    {
        Inline(
            """{"cniVersion":"0.2.0","name":"weave1","type":"cluster"}""",
            """{"cniVersion":"0.2.0","name":"other1","type":"second"}"""
        );
        ExtraKeys += ",\"cniVersion\":\"0.2.0\"";
        Cluster = ClusterOf([]);
        Print(CniCommand.Add, "cluster", """{"ip4":{"ip":"1.1.1.2/24"}}""");
        Print(CniCommand.Add, "second", """{"ip4":{"ip":"1.1.1.5/24"}}""");
        var sandboxes = Sandboxes();

        var attached = Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(
            (CniVersion.V020, "1.1.1.2/24"),
            (attached.Result.Version, Assert.Single(attached.Result.Ips).Address)
        );
        Assert.Equal(["ADD cluster eth0", "ADD second net1", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Edge_116_a_second_delegate_with_an_empty_result_does_not_keep_the_first_ones_from_the_caller(
        string empty
    )
    {
        Print(CniCommand.Add, "second", empty);
        Print(CniCommand.Add, "cluster", """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""");

        Assert.Equal(
            "10.0.0.5/24",
            Assert.Single(Assert.IsType<CniReply.Attached>(await Attach(Sandboxes())).Result.Ips).Address
        );
    }

    [Fact]
    public async Task Edge_119_when_the_second_delegate_fails_both_are_deleted_and_the_error_has_network_interface_and_the_plugins_words()
    {
        Inline(
            """{"cniVersion":"1.0.0","name":"weave1","type":"cluster"}""",
            """{"cniVersion":"1.0.0","name":"other1","type":"second"}"""
        );
        Cluster = ClusterOf([]);
        Plugins.Fail(CniCommand.Add, "second", "expected plugin failure");

        var error = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes())).Error;

        Assert.Equal(["ADD cluster eth0", "ADD second net1", "DEL second net1", "DEL cluster eth0"], Plugins.Calls);
        Assert.All(
            ["other1", "net1", "expected plugin failure"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
        Assert.Equal(100u, error.Code); // upstream loses the plugin's code
    }

    // Upstream plans anew from today's cluster, which may not be the one of the ADD; a record is never missing here
    // without its DEL having been, but for pods that the cluster network attached without Multus.
    [Fact]
    public async Task Edge_125_126_a_delete_without_a_record_runs_the_cluster_network_s_and_nothing_else_although_the_pod_is_known()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        File.Delete(Path.Combine(CniDir, "c1"));
        Directory.Delete(Path.Combine(CniDir, "results"), recursive: true);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));

        Assert.Equal(["DEL cluster eth0"], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_128_a_record_of_no_delegates_is_deleted_and_that_is_success_where_upstream_crashes()
    {
        Directory.CreateDirectory(CniDir);
        await File.WriteAllTextAsync(Path.Combine(CniDir, "c1"), "[]");

        Assert.IsType<CniReply.Done>(await Detach(Sandboxes()));

        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public async Task Edge_130_after_an_add_every_inline_delegate_is_checked_once(string version)
    {
        Inline(
            $$"""{"cniVersion":"{{version}}","name":"weave1","type":"cluster"}""",
            $$"""{"cniVersion":"{{version}}","name":"other1","type":"second"}"""
        );
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Check(sandboxes));

        Assert.Equal(["CHECK cluster eth0", "CHECK second net1"], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_131_a_check_tells_a_plugin_the_lists_name_and_version_whatever_it_has_itself()
    {
        Inline(
            """{"cniVersion":"1.0.0","name":"weave-list","plugins":[{"cniVersion":"0.3.1","name":"own","type":"cluster"}]}"""
        );
        Cluster = ClusterOf([]);
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var stdin = Capture(CniCommand.Check, "cluster");

        Assert.IsType<CniReply.Done>(await Check(sandboxes));

        Assert.Equal(
            ("weave-list", "1.0.0"),
            (stdin().GetProperty("name").GetString(), stdin().GetProperty("cniVersion").GetString())
        );
    }

    [Fact]
    public async Task Edge_134_of_two_lists_STATUS_asks_the_first_only_and_once()
    {
        Inline(
            """{"cniVersion":"1.1.0","name":"weave-list","plugins":[{"type":"cluster"}]}""",
            """{"cniVersion":"1.1.0","name":"other-list","plugins":[{"type":"second"}]}"""
        );

        Assert.IsType<CniReply.Done>(await Status(Sandboxes()));

        Assert.Equal(["STATUS cluster "], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_135_a_plugin_that_is_not_available_is_told_with_its_code_and_words()
    {
        Inline("""{"cniVersion":"1.1.0","name":"weave","type":"cluster"}""");
        Plugins.On(
            CniCommand.Status,
            "cluster",
            _ => Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(50, "no uplink")))
        );

        var error = Assert.IsType<CniReply.Refused>(await Status(Sandboxes())).Error;

        Assert.Equal((50u, true), (error.Code, error.Message.EndsWith("no uplink", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Edge_136_a_delegate_too_old_for_STATUS_is_not_asked_and_that_is_success()
    {
        Inline("""{"cniVersion":"0.4.0","name":"weave","type":"cluster"}""");

        Assert.IsType<CniReply.Done>(await Status(Sandboxes()));

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Edge_146_inline_delegates_of_a_pod_that_nobody_knows_have_no_status_and_that_is_no_error()
    {
        Inline("""{"cniVersion":"1.0.0","name":"weave","type":"cluster"}""");
        Cluster = question =>
            question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Unknown() : AnswerCluster(question);
        var asked = 0;
        Annotations = _ =>
        {
            asked++;
            return new AnnotationsProtocol.Reply.Stored();
        };

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));

        Assert.Equal(0, asked);
    }

    // Upstream compares the pod's name with the namespaces: it leaves out the status of a pod that only has such a
    // name.
    [Theory]
    [InlineData("test", "kube-system")]
    [InlineData("kube-system", "p")]
    public async Task Edge_153_a_status_is_written_for_pods_of_system_namespaces_and_for_pods_named_like_one(
        string ns,
        string name
    )
    {
        Cluster = question =>
            question is ClusterProtocol.FindPod
                ? new ClusterProtocol.PodReply.Found(
                    new Core.Pods.Pod(
                        new Core.Pods.PodKey(ns, name),
                        "u1",
                        System.Collections.Immutable.ImmutableDictionary<string, string>.Empty
                    )
                )
                : AnswerCluster(question);
        AnnotationsProtocol.Publish? published = null;
        Annotations = question =>
        {
            published = question as AnnotationsProtocol.Publish;
            return new AnnotationsProtocol.Reply.Stored();
        };
        var request = Request() with { Pod = new Core.Pods.PodIdentity(ns, name, "", "u1") };

        Assert.IsType<CniReply.Attached>(
            await Sandboxes().Ask<CniReply>(new CniRequest.Attach(request, default), Patience)
        );

        Assert.Equal($"{ns}/{name}", published?.Pod.ToString());
    }

    private void Inline(params string[] delegates) =>
        ExtraKeys = $",\"clusterNetwork\":\"\",\"delegates\":[{string.Join(',', delegates)}]";

    private void Print(CniCommand command, string type, string stdout) =>
        Plugins.On(
            command,
            type,
            _ => Task.FromResult<PluginOutput>(new PluginOutput.Succeeded(Encoding.UTF8.GetBytes(stdout)))
        );

    /// <summary>What the plugin read when it was last called.</summary>
    private Func<JsonElement> Capture(CniCommand command, string type)
    {
        ReadOnlyMemory<byte> stdin = default;
        Plugins.On(
            command,
            type,
            call =>
            {
                stdin = call.Stdin;
                return Task.FromResult(FakePlugins.Success(call));
            }
        );
        return () => CniJson.Parse(stdin);
    }
}
