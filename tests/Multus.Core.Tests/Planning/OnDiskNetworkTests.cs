using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>
/// Networks whose configuration is on the node, and the ways to name the cluster network (edge-cases.md E).
/// </summary>
public sealed class OnDiskNetworkTests
{
    private static readonly (string, string) Net1 = ("10-net1.conf", """{"name":"net1","type":"mynet"}""");
    private static readonly (string, string) Net2 = ("20-net2.conf", """{"name":"net2","type":"mynet2"}""");

    [Fact]
    public void Edge_079_networks_without_a_configuration_take_that_of_their_name_on_disk()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("net1,net2"),
            [Net1, Net2],
            Samples.Nad("test", "net1", ""),
            Samples.Nad("test", "net2", " \n")
        );

        Assert.Equal(["eth0 cluster cluster", "net1 test/net1 net1", "net2 test/net2 net2"], Samples.Attached(plan));
        Assert.Equal(["mynet", "mynet2"], plan.Attachments.Skip(1).Select(a => a.Configuration.Types));
    }

    [Fact]
    public void Edge_079_what_the_pod_asks_for_reaches_a_configuration_on_disk_too()
    {
        var pod = Samples.Pod("""[{"name":"net1","interface":"north","cni-args":{"k":"v"}}]""");

        var network = Samples.Plan(Samples.Request(), pod, [Net1], Samples.Nad("test", "net1", "")).Attachments[1];

        Assert.Equal("north", network.Parameters.IfName);
        Assert.Contains(
            "\"cni\":{\"k\":\"v\"}",
            System.Text.Encoding.UTF8.GetString(network.Configuration.Bytes.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Edge_080_a_broken_file_is_quoted_when_the_network_is_not_found() =>
        Refused(
            "network-attachment-definition test/net2 has no spec.config: no network configuration of the name \"net2\"",
            "20-net2.conf cannot be used: ",
            "net2",
            [Net1, ("20-net2.conf", "garbage")],
            Samples.Nad("test", "net2", "")
        );

    [Fact]
    public void Edge_088_a_network_without_a_configuration_anywhere_is_refused() =>
        Refused(
            "network-attachment-definition test/net1 has no spec.config",
            "/etc/cni/multus/net.d",
            "net1",
            [],
            Samples.Nad("test", "net1", "")
        );

    [Fact]
    public void Edge_078_a_network_that_is_not_in_the_cluster_is_never_looked_for_on_disk() =>
        Refused("cannot find a network-attachment-definition (net1) in namespace (test)", "", "net1", [Net1]);

    [Fact]
    public void A_configuration_on_disk_that_would_run_Multus_again_is_refused() =>
        Refused(
            "network test/net1 would run Multus again",
            "",
            "net1",
            [("a.conf", """{"name":"net1","type":"multus"}""")],
            Samples.Nad("test", "net1", "")
        );

    [Fact]
    public void Edge_098_namespace_isolation_holds_for_networks_on_disk_as_well()
    {
        var request = Samples.Request(Samples.Configuration(""","namespaceIsolation":true"""));

        var error = Assert
            .Throws<CniException>(() =>
                Samples.Plan(request, Samples.Pod("kube-system/net1"), [Net1], Samples.Nad("kube-system", "net1", ""))
            )
            .Error;

        Assert.StartsWith("namespace isolation enabled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Edge_081_the_cluster_network_by_name_is_a_definition_of_multus_own_namespace()
    {
        var plan = Samples.Plan(
            ByName("net1"),
            Samples.Pod(null),
            [Net1],
            Samples.Nad("kube-system", "net1", """{"type":"mynet"}"""),
            Samples.Nad("test", "net1", """{"type":"other"}""")
        );

        Assert.Equal(["eth0 kube-system/net1 net1"], Samples.Attached(plan));
    }

    [Fact]
    public void A_definition_wins_over_a_file_of_the_same_name()
    {
        var plan = Samples.Plan(
            ByName("net1"),
            Samples.Pod(null),
            [("10-net1.conf", """{"name":"net1","type":"on-disk"}""")],
            Samples.Nad("kube-system", "net1", """{"type":"mynet"}""")
        );

        Assert.Equal("mynet", plan.Attachments[0].Configuration.Types);
    }

    [Theory]
    [InlineData("myFile1")]
    [InlineData("my_file.1")]
    [InlineData("net1")]
    public void Edge_084_the_cluster_network_by_name_may_be_a_configuration_on_disk(string name)
    {
        var plan = Samples.Plan(
            ByName(name),
            Samples.Pod(null),
            [("10-x.conf", $$"""{"name":"{{name}}","type":"mynet"}""")]
        );

        Assert.Equal([$"eth0 {name} {name}"], Samples.Attached(plan));
    }

    [Fact]
    public void A_definition_without_a_configuration_sends_the_cluster_network_to_disk()
    {
        var plan = Samples.Plan(ByName("net1"), Samples.Pod(null), [Net1], Samples.Nad("kube-system", "net1", ""));

        Assert.Equal(["eth0 kube-system/net1 net1"], Samples.Attached(plan));
    }

    [Fact]
    public void Edge_087_a_cluster_network_that_is_neither_definition_nor_file_is_named_with_both_places()
    {
        var error = Assert.Throws<CniException>(() => Samples.Plan(ByName("net1"), Samples.Pod(null), [Net2])).Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Equal(
            "clusterNetwork net1: there is no network-attachment-definition kube-system/net1, "
                + "and no network configuration of the name \"net1\" in /etc/cni/multus/net.d",
            error.Message
        );
        Assert.Contains("names found: net2", error.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_that_is_broken_is_an_error_and_no_reason_to_take_a_file_of_the_name()
    {
        var error = Assert
            .Throws<CniException>(() =>
                Samples.Plan(ByName("net1"), Samples.Pod(null), [Net1], Samples.Nad("kube-system", "net1", "{"))
            )
            .Error;

        Assert.StartsWith(
            "clusterNetwork net1: network-attachment-definition kube-system/net1: ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_cluster_network_that_takes_a_device_is_refused_until_it_can_be_done() =>
        Assert.Contains(
            "intel.com/sriov",
            Assert
                .Throws<CniException>(() =>
                    Samples.Plan(
                        ByName("net1"),
                        Samples.Pod(null),
                        [],
                        Samples.Nad(
                            "kube-system",
                            "net1",
                            """{"type":"a"}""",
                            (NetworkAttachmentDefinition.ResourceNameAnnotation, "intel.com/sriov")
                        )
                    )
                )
                .Error.Text,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("net1", "", null, true)]
    [InlineData("net1", "", """{"type":"a"}""", false)]
    [InlineData("net1", "", "", true)]
    [InlineData("Not_A_Definition", "", null, true)]
    [InlineData("/etc/cni/net.d", "", null, false)]
    [InlineData("/etc/cni/net.d", "kube-system/net1", null, false)]
    [InlineData("/etc/cni/net.d", "kube-system/net1", "", true)]
    [InlineData("/etc/cni/net.d", "kube-system/net1", """{"type":"a"}""", false)]
    public void The_disk_is_needed_for_what_the_cluster_cannot_say(
        string clusterNetwork,
        string annotation,
        string? config,
        bool needed
    )
    {
        var demand = AttachmentPlanner.Demand(
            Samples.Configuration(clusterNetwork: clusterNetwork),
            Samples.Pod(annotation)
        );
        NetworkAttachmentDefinition[] found = config is null ? [] : [Samples.Nad("kube-system", "net1", config)];

        Assert.Equal(needed, demand.NeedsConfDir(found.ToDictionary(network => network.Key)));
    }

    private static PlanRequest ByName(string clusterNetwork) =>
        Samples.Request(Samples.Configuration(clusterNetwork: clusterNetwork));

    private static void Refused(
        string message,
        string details,
        string annotation,
        (string, string)[] confDir,
        params NetworkAttachmentDefinition[] networks
    )
    {
        var error = Assert
            .Throws<CniException>(() => Samples.Plan(Samples.Request(), Samples.Pod(annotation), confDir, networks))
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(details, error.Text, StringComparison.Ordinal);
    }
}
