using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md A: the Multus configuration.</summary>
public sealed class ConfigurationEdgeTests
{
    [Fact]
    public void Edge_001_one_inline_delegate_without_name_and_version_is_the_master_and_port_mappings_are_kept()
    {
        var c = Parse(
            """{"name":"node-cni-network","type":"multus","runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]},"delegates":[{"type":"weave-net"}]}"""
        );

        Assert.Equal("weave-net", Assert.Single(c.Delegates).Types);
        Assert.Equal(
            "weave-net",
            AttachmentPlanner.ClusterNetwork(c, AttachmentPlanner.Demand(c, null), Nothing).Configuration.Types
        );
        Assert.Equal(1, Assert.Single(c.RuntimeConfig, pair => pair.Key == "portMappings").Value.GetArrayLength());
    }

    // The device-ID injectors of the row start from a parsed configuration here, so there is nothing they could be
    // given that is not JSON.
    [Fact]
    public void Edge_002_a_configuration_without_its_last_brace_is_an_error_of_every_reader()
    {
        Assert.Equal(
            CniErrorCode.Decode,
            Assert
                .Throws<CniException>(() => Parse("""{"name":"n","type":"multus","delegates":[{"type":"weave-net"}]"""))
                .Error.Code
        );
        Assert.Throws<CniException>(() => NetworkConfiguration.ParseConf(Samples.Bytes("""{"type":"a" """)));
        Assert.Throws<CniException>(() =>
            NetworkConfiguration.ParseList(Samples.Bytes("""{"name":"n","plugins":[{"type":"a"}]"""))
        );
        Assert.Throws<CniException>(() =>
            NetworkConfiguration.Parse(Samples.Bytes("""{"name":"n","plugins":[{"type":"a"}]"""))
        );
    }

    [Fact]
    public void Edge_005_namespaceIsolation_without_globalNamespaces_leaves_default_open() =>
        Assert.Equal((true, "default"), Isolation(Parse("""{"clusterNetwork":"/x","namespaceIsolation":true}""")));

    [Fact]
    public void Edge_006_global_namespaces_are_trimmed_and_keep_their_order() =>
        Assert.Equal(
            (true, "foo|bar|default"),
            Isolation(
                Parse("""{"clusterNetwork":"/x","namespaceIsolation":true,"globalNamespaces":" foo,bar ,default"}""")
            )
        );

    [Fact]
    public void Edge_007_a_prevResult_of_the_oldest_versions_is_no_obstacle()
    {
        var c = Parse(
            """{"name":"n","type":"multus","prevResult":{"ips":[{"version":"4","address":"10.0.0.5/32","interface":2}]},"delegates":[{"type":"weave-net"}]}"""
        );

        Assert.Equal(CniVersion.V010, c.Version);
    }

    [Fact]
    public void Edge_008_of_two_inline_delegates_the_first_is_the_master_and_no_other()
    {
        var c = Parse("""{"delegates":[{"name":"weave","type":"weave-net"},{"name":"foobar","type":"foobar"}]}""");

        var plan = Samples.Plan(Samples.Request(c), pod: null);

        Assert.Equal(
            ["weave True eth0", "foobar False net1"],
            plan.Attachments.Select(a => $"{a.DisplayName} {a.IsMaster} {a.Parameters.IfName}")
        );
    }

    [Theory]
    [InlineData("""{"name":"n","type":"multus"}""")]
    [InlineData("""{"name":"n","type":"multus","kubeconfig":"/etc/kubernetes/kubelet.conf"}""")]
    public void Edge_009_neither_delegates_nor_a_cluster_network_is_an_error(string json) =>
        Assert.Contains(
            "at least one delegate/clusterNetwork must be specified",
            Refused(json),
            StringComparison.Ordinal
        );

    [Fact]
    public void Edge_010_a_delegate_whose_type_is_misspelt_is_an_error_that_names_its_index() =>
        Assert.Contains(
            "failed to load delegate 1 config",
            Refused("""{"delegates":[{"name":"a","type":"a"},{"name":"b","mispelt-type":"b"}]}"""),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"type":"weave-net"}]""")]
    [InlineData("""[{"no":"type"}]""")]
    public void Edge_014_a_cluster_network_makes_delegates_count_for_nothing(string delegates)
    {
        var c = Parse($$"""{"clusterNetwork":"/x.conf","delegates":{{delegates}}}""");

        Assert.Equal(("/x.conf", true), (c.ClusterNetwork, c.Delegates.IsEmpty));
    }

    [Theory]
    [InlineData("foobar", true)]
    [InlineData("foobar1", false)]
    [InlineData("fooba", false)]
    [InlineData("FOOBAR", false)]
    public void Edge_015_a_global_namespace_is_matched_whole(string listed, bool allowed)
    {
        var c = Parse($$"""{"clusterNetwork":"/x","namespaceIsolation":true,"globalNamespaces":"other,{{listed}}"}""");

        Assert.Equal(allowed, Record.Exception(() => AttachmentPlanner.Demand(c, Samples.Pod("foobar/net1"))) is null);
    }

    [Fact]
    public void Edge_016_empty_entries_are_kept_and_open_no_namespace()
    {
        var c = Parse("""{"clusterNetwork":"/x","namespaceIsolation":true,"globalNamespaces":", a ,"}""");

        Assert.Equal((true, "|a|"), Isolation(c));
        Assert.Throws<CniException>(() => AttachmentPlanner.Demand(c, Samples.Pod("default/net1")));
    }

    [Fact]
    public void Edge_018_an_inline_delegate_whose_capability_is_text_is_an_error() =>
        Assert.Contains(
            "failed to load delegate 0 config",
            Refused("""{"delegates":[{"type":"a","capabilities":{"x":"true"}}]}"""),
            StringComparison.Ordinal
        );

    [Fact]
    public void Edge_097_inline_delegates_need_no_cluster_and_their_absence_is_an_error()
    {
        Assert.Equal(
            ["eth0 weave weave"],
            Samples.Attached(
                Samples.Plan(
                    Samples.Request(Parse("""{"delegates":[{"name":"weave","type":"weave-net"}]}""")),
                    pod: null
                )
            )
        );
        Assert.Contains("at least one delegate", Refused("""{"delegates":[]}"""), StringComparison.Ordinal);
    }

    // Upstream cannot save its file then; a node that lost the key would lose every pod.
    [Fact]
    public void Edge_129_an_empty_cniDir_means_the_default_where_upstream_fails_to_save() =>
        Assert.Equal("/var/lib/cni/multus", Parse("""{"clusterNetwork":"/x","cniDir":""}""").CniDir);

    private static ResolvedNetworks Nothing { get; } =
        new(
            new Dictionary<NetworkKey, NetworkAttachmentDefinition>(),
            System.Collections.Immutable.ImmutableDictionary<string, NetworkConfiguration>.Empty,
            new ConfigurationFolder("/x", [])
        );

    private static MultusConfiguration Parse(string json) => MultusConfiguration.Parse(Samples.Bytes(json), default);

    private static string Refused(string json) => Assert.Throws<CniException>(() => Parse(json)).Error.Text;

    private static (bool, string) Isolation(MultusConfiguration c) =>
        (c.NamespaceIsolation, string.Join('|', c.GlobalNamespaces));
}
