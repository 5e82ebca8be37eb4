using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Core.Tests.Planning;

/// <summary>The network that a pod asks for instead of the cluster network (attach.md §6, edge-cases.md E).</summary>
public sealed class DefaultNetworkAnnotationTests
{
    private const string Isolated = ",\"namespaceIsolation\":true";

    private static readonly NetworkAttachmentDefinition[] Networks =
    [
        .. from ns in new[] { "kube-system", "test", "default", "other", "infra" }
        from name in new[] { "net1", "net2" }
        select Samples.Nad(ns, name, """{"type":"mynet"}"""),
    ];

    [Theory]
    [InlineData("net1", "kube-system/net1")]
    [InlineData(" net1 ", "kube-system/net1")]
    [InlineData("kube-system/net1", "kube-system/net1")]
    [InlineData("test/net1", "test/net1")]
    [InlineData("""[{"name":"net1"}]""", "kube-system/net1")]
    [InlineData("""[{"name":"net1","namespace":"test"}]""", "test/net1")]
    public void Edge_089_092_both_forms_replace_the_cluster_network(string annotation, string displayName)
    {
        var master = Assert.Single(Plan(annotation, "", clusterNetwork: "net2").Attachments);

        Assert.Equal(
            ($"{displayName} eth0", true, 0),
            ($"{master.DisplayName} {master.Parameters.IfName}", master.IsMaster, master.Index)
        );
    }

    [Fact]
    public void Edge_090_an_inline_delegate_0_is_replaced_and_the_others_stay()
    {
        var c = MultusConfiguration.Parse(
            Samples.Bytes("""{"delegates":[{"name":"weave","type":"weave-net"},{"name":"all","type":"bridge"}]}"""),
            default
        );

        Assert.Equal(
            ["eth0 kube-system/net1 net1", "net1 all all"],
            Samples.Attached(Samples.Plan(Samples.Request(c), Pod("net1"), Networks))
        );
    }

    [Fact]
    public void Edge_091_the_cluster_network_itself_may_be_named_and_is_attached_once() =>
        Assert.Equal(
            ["eth0 kube-system/net1 net1"],
            Samples.Attached(Plan("kube-system/net1", "", clusterNetwork: "net1"))
        );

    [Fact]
    public void Edge_089_default_networks_and_the_pods_own_follow_it()
    {
        var request = Samples.Request(Samples.Configuration(",\"defaultNetworks\":[\"net2\"]"));

        Assert.Equal(
            ["eth0 kube-system/net1 net1", "net1 kube-system/net2 net2", "net2 test/net1 net1"],
            Samples.Attached(Samples.Plan(request, Pod("net1", networks: "net1"), Networks))
        );
    }

    [Theory]
    [InlineData("a,b", "more than one default network is specified")]
    [InlineData("""[{"name":"a"},{"name":"b"}]""", "more than one default network is specified")]
    [InlineData("", "names no network")]
    [InlineData("  ", "names no network")]
    [InlineData("[]", "names no network")]
    [InlineData("[null]", "is null")]
    [InlineData("{}", "an object")]
    [InlineData("net1,", "names no network")]
    [InlineData("Bad_Name", "Bad_Name")]
    [InlineData("[adsf]", "failed to parse")]
    public void Edge_093_094_095_anything_but_one_network_is_a_clean_error(string annotation, string shown)
    {
        var error = Assert.Throws<CniException>(() => Plan(annotation)).Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.Contains("v1.multus-cni.io/default-network", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Edge_078_a_network_that_does_not_exist_is_named() =>
        Assert.Equal(
            "cannot find a network-attachment-definition (nosuch) in namespace (kube-system)",
            Assert.Throws<CniException>(() => Plan("nosuch")).Error.Message
        );

    [Fact]
    public void A_pod_that_nobody_knows_has_no_annotation() =>
        Assert.Null(AttachmentPlanner.Demand(Samples.Configuration(), null).DefaultNetwork);

    [Theory]
    [InlineData("net1", "", true)]
    [InlineData("kube-system/net1", "", true)]
    [InlineData("infra/net1", ",\"multusNamespace\":\"infra\"", true)]
    [InlineData("kube-system/net1", ",\"multusNamespace\":\"infra\"", false)]
    [InlineData("test/net1", "", true)]
    [InlineData("default/net1", "", true)]
    [InlineData("default/net1", ",\"globalNamespaces\":\"other\"", false)]
    [InlineData("other/net1", ",\"globalNamespaces\":\"other\"", true)]
    [InlineData("other/net1", "", false)]
    [InlineData("""[{"name":"net1","namespace":"other"}]""", "", false)]
    [InlineData("""[{"name":"net1","namespace":"test"}]""", "", true)]
    public void Edge_098_099_isolation_allows_multus_own_namespace_the_pods_and_the_global_ones(
        string annotation,
        string settings,
        bool allowed
    )
    {
        var failure = Record.Exception(() => Plan(annotation, Isolated + settings));

        Assert.Equal(allowed, failure is null);
        if (failure is CniException { Error: var error })
        {
            Assert.StartsWith(
                "namespace isolation enabled, annotation violates permission, pod is in namespace test but refers to target namespace ",
                error.Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Edge_098_multus_own_namespace_is_open_to_this_annotation_only()
    {
        var error = Assert
            .Throws<CniException>(() =>
                Samples.Plan(
                    Samples.Request(Samples.Configuration(Isolated)),
                    Pod("net1", networks: "kube-system/net1"),
                    Networks
                )
            )
            .Error;

        Assert.EndsWith("refers to target namespace kube-system", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Edge_041_all_that_is_asked_of_it_reaches_it()
    {
        var annotation =
            """[{"name":"net1","interface":"north","mac":"02:00:00:00:00:09","ips":["10.0.0.9/24"],"portMappings":[{"hostPort":1,"containerPort":2}],"bandwidth":{"ingressRate":1,"ingressBurst":2},"infiniband-guid":"02:00:00:00:00:00:00:2a","ipam-claim-reference":"c.1","cni-args":{"k":"v"}}]""";

        var master = Assert.Single(Plan(annotation, ",\"runtimeConfig\":{\"mac\":\"02:00:00:00:00:01\"}").Attachments);

        Assert.Equal("north", master.Parameters.IfName);
        Assert.EndsWith(
            ";MAC=02:00:00:00:00:09;IP=10.0.0.9/24",
            Samples.Args(master.AddParameters.Args),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("MAC=", Samples.Args(master.Parameters.Args), StringComparison.Ordinal);
        Assert.Equal(
            """portMappings=[{"hostPort":1,"containerPort":2}] bandwidth={"ingressRate":1,"ingressBurst":2} ips=["10.0.0.9/24"] """
                + """mac="02:00:00:00:00:09" infinibandGUID="02:00:00:00:00:00:00:2a" ipam-claim-reference="c.1" """.TrimEnd(),
            Samples.Capabilities(master)
        );
        Assert.Contains(
            "\"cni\":{\"k\":\"v\"}",
            System.Text.Encoding.UTF8.GetString(master.Configuration.Bytes.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_asked_of_a_default_network_and_of_a_second_one_reaches_both_alike()
    {
        const string requests = """
            [{"name":"net1","namespace":"test","mac":"02:00:00:00:00:0F","ips":["10.0.0.9/24"],"portMappings":[{"hostPort":1,"containerPort":2}],
            "bandwidth":{"ingressRate":1,"ingressBurst":2},"infiniband-guid":"02:00:00:00:00:00:00:2a","ipam-claim-reference":"c.1","cni-args":{"k":"v"}}]
            """;

        var asDefault = Samples.Plan(Samples.Request(), Pod(requests), Networks).Attachments[0];
        var asSecond = Samples.Plan(Samples.Request(), Samples.Pod(requests), Networks).Attachments[1];

        Assert.Equal(Samples.Capabilities(asSecond), Samples.Capabilities(asDefault));
        Assert.Equal(Samples.Args(asSecond.AddParameters.Args), Samples.Args(asDefault.AddParameters.Args));
        Assert.Equal(asSecond.Configuration.Bytes.ToArray(), asDefault.Configuration.Bytes.ToArray());
    }

    [Fact]
    public void Its_device_reaches_it_too() =>
        Assert.Equal(
            """deviceID="0000:03:02.0" CNIDeviceInfoFile="/var/run/k8s.cni.cncf.io/devinfo/cni/test-net1-c1_eth0" """.TrimEnd(),
            Samples.Capabilities(
                Plan("""[{"name":"net1","namespace":"test","deviceID":"0000:03:02.0"}]""").Attachments[0]
            )
        );

    [Fact]
    public void An_interface_name_that_another_network_has_is_refused() =>
        Assert.Contains(
            "interface name net1 is asked for twice",
            Assert
                .Throws<CniException>(() =>
                    Samples.Plan(Samples.Request(), Pod("net1@net1", networks: "net2"), Networks)
                )
                .Error.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Edge_079_its_configuration_may_be_on_disk()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Pod("flat"),
            [("10-x.conf", """{"name":"flat","type":"a"}""")],
            Samples.Nad("kube-system", "flat", "")
        );

        Assert.Equal(["eth0 kube-system/flat flat"], Samples.Attached(plan));
    }

    [Fact]
    public void The_cluster_network_must_be_there_although_it_is_replaced() =>
        Assert.StartsWith(
            "clusterNetwork nosuch: ",
            Assert.Throws<CniException>(() => Plan("net1", "", clusterNetwork: "nosuch")).Error.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_record_brings_it_back_as_it_was()
    {
        var plan = Plan("""[{"name":"net1","interface":"north","mac":"02:00:00:00:00:09"}]""");
        var context = new RecordContext(plan.Sandbox, null, "eth0", PodIdentity.None, []);

        var master = Assert.Single(SandboxRecord.Read(SandboxRecord.Write(plan), context).Attachments);

        Assert.Equal(
            (true, "north", "02:00:00:00:00:09"),
            (master.IsMaster, master.Parameters.IfName, master.Selection?.Mac)
        );
        Assert.Equal(plan.Attachments[0].AddParameters.Args.AsEnumerable(), master.AddParameters.Args);
    }

    private static AttachmentPlan Plan(
        string annotation,
        string settings = "",
        string clusterNetwork = "/etc/cni/net.d/10-blue.conflist"
    ) => Samples.Plan(Samples.Request(Samples.Configuration(settings, clusterNetwork)), Pod(annotation), Networks);

    private static Pod Pod(string annotation, string? networks = null) =>
        Samples.Pod(networks, null, (NetworkSelectionParser.DefaultNetworkAnnotation, annotation));
}
