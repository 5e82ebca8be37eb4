using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Core.Tests.Planning;

/// <summary>What every pod gets beside the cluster network, and which pods do not (edge-cases.md E).</summary>
public sealed class DefaultNetworksTests
{
    private const string Conf = """{"type":"mynet"}""";

    private static readonly NetworkAttachmentDefinition[] Networks =
    [
        Samples.Nad("kube-system", "net1", Conf),
        Samples.Nad("kube-system", "net2", Conf),
        Samples.Nad("test", "own", Conf),
        Samples.Nad("infra", "net2", Conf),
    ];

    [Fact]
    public void Edge_082_default_networks_come_after_the_cluster_network() =>
        Assert.Equal(
            ["eth0 kube-system/net1 net1", "net1 kube-system/net2 net2"],
            Planned(Named("net1", "\"net2\""), Samples.Pod(null))
        );

    [Fact]
    public void Edge_082_they_come_before_what_the_pod_asks_for_which_counts_on_from_there() =>
        Assert.Equal(
            [
                "eth0 kube-system/net1 net1",
                "net1 kube-system/net2 net2",
                "net2 kube-system/net1 net1",
                "net3 test/own own",
                "north test/own own",
            ],
            Planned(Named("net1", "\"net2\",\"net1\""), Samples.Pod("own,own@north"))
        );

    [Theory]
    [InlineData("kube-system", "", false)]
    [InlineData("test", "", true)]
    [InlineData("kube-system", ",\"systemNamespaces\":[\"infra\"]", true)]
    [InlineData("infra", ",\"systemNamespaces\":[\"kube-system\",\"infra\"]", false)]
    [InlineData("infra1", ",\"systemNamespaces\":[\"infra\"]", true)]
    [InlineData("infr", ",\"systemNamespaces\":[\"infra\"]", true)]
    [InlineData("Infra", ",\"systemNamespaces\":[\"infra\"]", true)]
    [InlineData("kube-system", ",\"systemNamespaces\":[]", false)]
    public void Edge_083_pods_of_system_namespaces_get_the_cluster_network_only(
        string podNamespace,
        string settings,
        bool getsThem
    )
    {
        var pod = Samples.Pod(null) with { Key = new PodKey(podNamespace, "samplepod") };

        Assert.Equal(getsThem ? 2 : 1, Planned(Named("net1", "\"net2\"", settings), pod).Length);
    }

    [Fact]
    public void Edge_083_a_pod_whose_name_is_that_of_a_system_namespace_is_none_of_its_pods()
    {
        var pod = Samples.Pod(null) with { Key = new PodKey("test", "kube-system") };

        Assert.Equal(2, Planned(Named("net1", "\"net2\""), pod).Length);
    }

    [Fact]
    public void Edge_083_a_pod_of_a_system_namespace_still_gets_what_it_asks_for()
    {
        var pod = Samples.Pod("net2") with { Key = new PodKey("kube-system", "samplepod") };

        Assert.Equal(
            ["eth0 kube-system/net1 net1", "net1 kube-system/net2 net2"],
            Planned(Named("net1", "\"net2\""), pod)
        );
    }

    [Fact]
    public void A_pod_that_nobody_knows_gets_the_cluster_network_only() =>
        Assert.Equal(["eth0 kube-system/net1 net1"], Planned(Named("net1", "\"net2\""), null));

    [Fact]
    public void Both_are_looked_up_in_multusNamespace() =>
        Assert.Equal(
            ["eth0 infra/net2 net2", "net1 infra/net2 net2"],
            Planned(Named("net2", "\"net2\"", ",\"multusNamespace\":\"infra\""), Samples.Pod(null))
        );

    [Fact]
    public void Namespace_isolation_is_about_what_pods_ask_for_and_not_about_what_every_pod_gets() =>
        Assert.Equal(2, Planned(Named("net1", "\"net2\"", ",\"namespaceIsolation\":true"), Samples.Pod(null)).Length);

    [Fact]
    public void A_default_network_may_be_a_file_or_a_configuration_on_disk_like_the_cluster_network()
    {
        var plan = Samples.Plan(
            Named("net1", "\"flat\",\"/etc/cni/other.conflist\""),
            Samples.Pod(null),
            [("10-x.conf", """{"name":"flat","type":"a"}""")],
            Networks
        );

        Assert.Equal(["eth0 kube-system/net1 net1", "net1 flat flat", "net2 cluster cluster"], Samples.Attached(plan));
    }

    [Fact]
    public void Edge_087_a_default_network_that_is_nowhere_fails_the_pod_and_names_the_key()
    {
        var error = Assert
            .Throws<CniException>(() => Planned(Named("net1", "\"net2\",\"nosuch\""), Samples.Pod(null)))
            .Error;

        Assert.StartsWith(
            "defaultNetworks nosuch: there is no network-attachment-definition kube-system/nosuch, and ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_name_that_the_pod_wants_for_itself_may_be_taken_by_a_default_network() =>
        Assert.Contains(
            "interface name net1 is asked for twice: by network kube-system/net2 and by network test/own",
            Assert
                .Throws<CniException>(() => Planned(Named("net1", "\"net2\""), Samples.Pod("own@net1")))
                .Error.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Every_definition_is_looked_up_once()
    {
        var demand = AttachmentPlanner.Demand(
            Named("net1", "\"net2\",\"net1\",\"/x\"").Configuration,
            Samples.Pod("own,own,kube-system/net2")
        );

        Assert.Equal(
            ["kube-system/net1", "kube-system/net2", "test/own"],
            demand.Definitions.Select(key => key.ToString())
        );
        Assert.Equal(["/x"], demand.Paths.Select(path => path.Value));
    }

    private static PlanRequest Named(string clusterNetwork, string defaultNetworks, string settings = "") =>
        Samples.Request(Samples.Configuration($",\"defaultNetworks\":[{defaultNetworks}]{settings}", clusterNetwork));

    private static string[] Planned(PlanRequest request, Pod? pod) =>
        Samples.Attached(Samples.Plan(request, pod, Networks));
}
