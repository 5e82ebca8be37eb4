using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Core.Tests.Planning;

public sealed class AttachmentPlannerTests
{
    private const string Five =
        "IgnoreUnknown=true;K8S_POD_NAMESPACE=test;K8S_POD_NAME=samplepod;K8S_POD_INFRA_CONTAINER_ID=;K8S_POD_UID=u1";

    [Theory]
    [InlineData("sequential", true)]
    [InlineData("parallel", false)]
    [InlineData("", false)]
    public void A_network_may_ask_to_be_attached_alone(string mode, bool expected)
    {
        var nad = Samples.Nad(
            "test",
            "n",
            Samples.BridgeConf,
            (NetworkAttachmentDefinition.AttachModeAnnotation, mode)
        );

        Assert.Equal(
            [false, expected],
            Samples.Plan(Samples.Request(), Samples.Pod("n"), nad).Attachments.Select(a => a.RunsAlone)
        );
    }

    [Fact]
    public void An_attach_mode_that_is_none_is_named()
    {
        var nad = Samples.Nad(
            "test",
            "n",
            Samples.BridgeConf,
            (NetworkAttachmentDefinition.AttachModeAnnotation, "serial")
        );

        Assert.Contains(
            "multus.cni/attach-mode is \"serial\", must be parallel or sequential",
            Assert.Throws<CniException>(() => Samples.Plan(Samples.Request(), Samples.Pod("n"), nad)).Error.Message,
            StringComparison.Ordinal
        );
    }

    private static readonly NetworkAttachmentDefinition Bridge = Samples.Nad("test", "bridge-conf", Samples.BridgeConf);
    private static readonly NetworkAttachmentDefinition Macvlan = Samples.Nad(
        "test",
        "macvlan-conf",
        Samples.MacvlanConf
    );

    [Fact]
    public void Edge_290_a_pod_without_annotation_gets_the_cluster_network_alone()
    {
        var plan = Samples.Plan(Samples.Request(), Samples.Pod(null));

        var master = Assert.Single(plan.Attachments);
        Assert.Equal(
            (0, "cluster", true, "eth0"),
            (master.Index, master.DisplayName, master.IsMaster, master.Parameters.IfName)
        );
        Assert.Equal(Five, Samples.Args(master.Parameters.Args));
        Assert.Equal(master.Parameters, master.AddParameters);
        Assert.Null(master.Selection);
        Assert.Equal(
            (SandboxId.Parse("c1"), "/var/run/netns/n1", CniVersion.V031),
            (plan.Sandbox, plan.NetNs, plan.Version)
        );
        Assert.Equal(Samples.PluginPath, master.Parameters.PluginPath);
        Assert.Equal("/var/run/netns/n1", master.Parameters.NetNs);
    }

    [Fact]
    public void A_pod_that_nobody_knows_gets_the_cluster_network_alone() =>
        Assert.Single(Samples.Plan(Samples.Request(), null).Attachments);

    [Fact]
    public void Networks_come_in_the_annotations_order_with_names_by_position_unless_asked_for()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("macvlan-conf,bridge-conf@north,bridge-conf"),
            Bridge,
            Macvlan
        );

        Assert.Equal(
            ["0 cluster eth0", "1 test/macvlan-conf net1", "2 test/bridge-conf north", "3 test/bridge-conf net3"],
            plan.Attachments.Select(a => $"{a.Index} {a.DisplayName} {a.Parameters.IfName}")
        );
        Assert.Equal([true, false, false, false], plan.Attachments.Select(a => a.IsMaster));
    }

    [Fact]
    public void Inline_delegates_after_the_first_come_before_the_pods_own_networks()
    {
        var c = Core.Configuration.MultusConfiguration.Parse(
            Samples.Bytes("""{"delegates":[{"name":"weave","type":"weave-net"},{"name":"all","type":"bridge"}]}"""),
            default
        );

        var plan = Samples.Plan(Samples.Request(c), Samples.Pod("bridge-conf"), Bridge);

        Assert.Equal(
            ["weave eth0", "all net1", "test/bridge-conf net2"],
            plan.Attachments.Select(a => $"{a.DisplayName} {a.Parameters.IfName}")
        );
    }

    [Fact]
    public void A_network_of_another_namespace_is_looked_up_there()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("storage/public"),
            Samples.Nad("storage", "public", Samples.BridgeConf)
        );

        Assert.Equal("storage/public", plan.Attachments[1].DisplayName);
    }

    [Fact]
    public void Edge_035_a_configuration_without_a_name_takes_the_networks()
    {
        var plan = Samples.Plan(Samples.Request(), Samples.Pod("macvlan-conf"), Macvlan);

        Assert.Equal("macvlan-conf", plan.Attachments[1].Configuration.Name);
    }

    [Fact]
    public void A_configuration_with_a_name_is_used_byte_for_byte()
    {
        var plan = Samples.Plan(Samples.Request(), Samples.Pod("bridge-conf"), Bridge);

        Assert.Equal(Samples.Bytes(Samples.BridgeConf), plan.Attachments[1].Configuration.Bytes.ToArray());
    }

    [Fact]
    public void A_list_without_a_version_takes_that_of_the_request_for_every_command()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("chain"),
            Samples.Nad("test", "chain", """{"name":"c","plugins":[{"type":"bridge"}]}""")
        );

        Assert.Equal("0.3.1", plan.Attachments[1].Configuration.CniVersionText);
    }

    [Fact]
    public void Cni_args_reach_every_plugin_of_a_list()
    {
        var pod = Samples.Pod("""[{"name":"chain","cni-args":{"k":"v"}}]""");

        var plan = Samples.Plan(
            Samples.Request(),
            pod,
            Samples.Nad(
                "test",
                "chain",
                """{"cniVersion":"1.0.0","name":"c","plugins":[{"type":"a","args":{"other":1}},{"type":"b","args":{"cni":{"k":"old","l":1}}}]}"""
            )
        );

        var plugins = plan.Attachments[1].Configuration.Plugins;
        Assert.Equal(
            """{"cni":{"k":"v"},"other":1}""",
            Samples.Json(System.Text.Encoding.UTF8.GetString(plugins[0].Bytes.Span)).GetProperty("args").GetRawText()
        );
        Assert.Equal(
            """{"cni":{"k":"v","l":1}}""",
            Samples.Json(System.Text.Encoding.UTF8.GetString(plugins[1].Bytes.Span)).GetProperty("args").GetRawText()
        );
    }

    [Fact]
    public void Edge_048_requested_mac_and_addresses_are_arguments_of_add_only()
    {
        var pod = Samples.Pod(
            """[{"name":"bridge-conf","mac":"02:00:00:00:00:09","ips":["10.10.1.9/16","fd00::9"]}]"""
        );

        var attachment = Samples.Plan(Samples.Request(), pod, Bridge).Attachments[1];

        Assert.Equal(
            Five + ";MAC=02:00:00:00:00:09;IP=10.10.1.9/16,fd00::9",
            Samples.Args(attachment.AddParameters.Args)
        );
        Assert.Equal(Five, Samples.Args(attachment.Parameters.Args));
    }

    [Theory]
    [InlineData("", ";MAC=02:00:00:00:00:09;IP=10.10.1.9/16,10.10.1.10/16")]
    [InlineData(",\"capabilities\":{\"ips\":false}", ";MAC=02:00:00:00:00:09;IP=10.10.1.9/16,10.10.1.10/16")]
    [InlineData(",\"capabilities\":{\"ips\":true}", ";MAC=02:00:00:00:00:09")]
    [InlineData(",\"capabilities\":{\"mac\":true}", ";IP=10.10.1.9/16,10.10.1.10/16")]
    [InlineData(",\"capabilities\":{\"mac\":true,\"ips\":true}", "")]
    public void Requested_mac_and_addresses_are_arguments_only_where_the_capability_is_not_declared(
        string capabilities,
        string expected
    )
    {
        var pod = Samples.Pod("""[{"name":"n","mac":"02:00:00:00:00:09","ips":["10.10.1.9/16","10.10.1.10/16"]}]""");

        var attachment = Samples
            .Plan(
                Samples.Request(),
                pod,
                Samples.Nad("test", "n", $$"""{"name":"x","plugins":[{"type":"a"},{"type":"b"{{capabilities}}}]}""")
            )
            .Attachments[1];

        Assert.Equal(Five + expected, Samples.Args(attachment.AddParameters.Args));
    }

    [Fact]
    public void Arguments_beside_the_pods_own_are_the_cluster_networks_and_nobody_elses()
    {
        var args = PodIdentity.Beside(
            CniArgs.Parse(
                "IgnoreUnknown=1;K8S_POD_NAME=samplepod;IP=10.244.0.77;K8S_POD_UID=u;MAC=02:00:00:00:00:AB;NERDCTL_CNI_DHCP_HOSTNAME=q"
            )
        );

        var plan = Samples.Plan(Samples.Request() with { ClusterArgs = args }, Samples.Pod("bridge-conf"), Bridge);

        const string expected = ";IP=10.244.0.77;MAC=02:00:00:00:00:ab;NERDCTL_CNI_DHCP_HOSTNAME=q";
        Assert.Equal([Five + expected, Five], plan.Attachments.Select(a => Samples.Args(a.AddParameters.Args)));
        Assert.Equal([Five + expected, Five], plan.Attachments.Select(a => Samples.Args(a.Parameters.Args)));
    }

    [Fact]
    public void What_the_pod_asks_of_its_default_network_counts_before_the_runtimes_argument()
    {
        var request = Samples.Request() with { ClusterArgs = [new("IP", "10.244.0.77"), new("X", "1")] };
        var pod = Samples.Pod(
            null,
            null,
            (
                NetworkSelectionParser.DefaultNetworkAnnotation,
                """[{"name":"bridge-conf","namespace":"test","ips":["10.10.1.9/16"]}]"""
            )
        );

        Assert.Equal(
            Five + ";X=1;IP=10.10.1.9/16",
            Samples.Args(Samples.Plan(request, pod, Bridge).Attachments[0].AddParameters.Args)
        );
    }

    [Fact]
    public void Planning_the_same_twice_gives_the_same()
    {
        var pod = Samples.Pod(
            """[{"name":"bridge-conf","mac":"02:00:00:00:00:09","cni-args":{"k":"v"},"deviceID":"0000:03:02.0"},{"name":"macvlan-conf"}]"""
        );

        var first = Samples.Plan(Samples.Request(), pod, Bridge, Macvlan);
        var second = Samples.Plan(Samples.Request(), pod, Macvlan, Bridge);

        Assert.Equal(Core.Records.SandboxRecord.Write(first), Core.Records.SandboxRecord.Write(second));
    }

    [Theory]
    [InlineData(null, null, "u1")]
    [InlineData("u1", null, "u1")]
    [InlineData("other", "file", "u1")]
    [InlineData("other", null, "")]
    public void Edge_106_111_a_uid_that_is_unknown_equal_or_that_of_a_mirror_pod_passes(
        string? podUid,
        string? source,
        string runtimeUid
    )
    {
        var pod = source is null
            ? Samples.Pod(null, podUid)
            : Samples.Pod(null, podUid, ("kubernetes.io/config.source", source));

        Assert.Single(Samples.Plan(Samples.Request(uid: runtimeUid), pod).Attachments);
    }

    [Fact]
    public void Edge_105_the_object_of_another_pod_of_the_same_name_is_a_matter_of_trying_again()
    {
        var error = Assert
            .Throws<CniException>(() => Samples.Plan(Samples.Request(uid: "u1"), Samples.Pod(null, "u2")))
            .Error;

        Assert.Equal(CniErrorCode.TryAgainLater, error.Code);
        Assert.StartsWith("expected pod UID \"u1\" but got \"u2\" from Kube API", error.Text, StringComparison.Ordinal);
    }
}
