using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Core.Tests.Planning;

/// <summary>
/// The dialect of Tencent Kubernetes Engine (docs/decisions/0010-dialects.md), with the samples of its guide.
/// </summary>
public sealed class TkeDialectTests
{
    private const string Guide =
        "\"name\":\"node-cni-network\",\"type\":\"multus\",\"kubeconfig\":\"/root/.kube/config\",\"LogFile\":\"/var/log/multus.log\",\"LogLevel\":\"debug\"";

    private static readonly (string, string)[] ConfDir =
    [
        .. from name in new[]
        {
            "tke-bridge",
            "tke-eni-cni",
            "flannel-conf",
            "sriov-conf",
            "sriov-vlanid-l2enable-conf",
            "Own_Name.v1",
        }
        select ($"10-{name}.conf", $$"""{"cniVersion":"0.3.1","name":"{{name}}","type":"bridge"}"""),
    ];

    [Theory]
    [InlineData(null, "eth0 tke-bridge")]
    [InlineData("", "eth0 tke-bridge")]
    [InlineData("flannel-conf", "eth0 flannel-conf")]
    [InlineData(
        """[{"name":"flannel-conf"},{"name":"sriov-conf"},{"name":"sriov-vlanid-l2enable-conf","interfaceRequest":"north"}]""",
        "eth0 flannel-conf|eth1 sriov-conf|north sriov-vlanid-l2enable-conf"
    )]
    [InlineData("tke-bridge,tke-eni-cni@net0", "eth0 tke-bridge|net0 tke-eni-cni")]
    [InlineData("tke-bridge,tke-eni-cni@eth1,sriov-conf", "eth0 tke-bridge|eth1 tke-eni-cni|eth2 sriov-conf")]
    [InlineData(
        "tke-bridge,tke-eni-cni,sriov-conf@eth1,flannel-conf",
        "eth0 tke-bridge|eth2 tke-eni-cni|eth1 sriov-conf|eth3 flannel-conf"
    )]
    [InlineData("tke-bridge,sriov-conf@north,flannel-conf", "eth0 tke-bridge|north sriov-conf|eth1 flannel-conf")]
    [InlineData("tke-bridge@north,flannel-conf,sriov-conf", "eth0 flannel-conf|north tke-bridge|eth1 sriov-conf")]
    [InlineData("tke-bridge,flannel-conf@eth0", "eth0 flannel-conf|eth1 tke-bridge")]
    [InlineData("tke-bridge@north,flannel-conf@south", "north tke-bridge|south flannel-conf")]
    [InlineData("kube-system/tke-bridge", "eth0 tke-bridge")]
    [InlineData("""[{"name":"Own_Name.v1"}]""", "eth0 Own_Name.v1")]
    public void The_annotation_replaces_the_default_delegates_and_one_network_is_the_first_interface(
        string? annotation,
        string expected
    )
    {
        var plan = Plan("\"tke-bridge\"", annotation);

        Assert.Equal(
            expected,
            string.Join('|', plan.Attachments.Select(a => $"{a.Parameters.IfName} {a.DisplayName}"))
        );
        Assert.Equal([true, .. plan.Attachments.Skip(1).Select(_ => false)], plan.Attachments.Select(a => a.IsMaster));
    }

    [Theory]
    [InlineData("\"tke-bridge\"", "eth0 tke-bridge")]
    [InlineData("\"tke-bridge,tke-eni-cni@net0\"", "eth0 tke-bridge|net0 tke-eni-cni")]
    [InlineData(
        """[{"name":"flannel-conf"},{"name":"sriov-conf","interfaceRequest":"north"}]""",
        "eth0 flannel-conf|north sriov-conf"
    )]
    [InlineData(""" "[{\"name\":\"flannel-conf\"},{\"name\":\"sriov-conf\"}]" """, "eth0 flannel-conf|eth1 sriov-conf")]
    public void Default_delegates_are_a_name_a_list_or_JSON(string delegates, string expected) =>
        Assert.Equal(
            expected,
            string.Join('|', Plan(delegates, null).Attachments.Select(a => $"{a.Parameters.IfName} {a.DisplayName}"))
        );

    [Fact]
    public void Addresses_have_keys_of_their_own()
    {
        var plan = Plan(
            "\"tke-bridge\"",
            """[{"name":"tke-bridge"},{"name":"sriov-conf","ipRequest":"10.0.0.9/24","macRequest":"02:00:00:00:00:09"}]"""
        );

        Assert.EndsWith(
            ";MAC=02:00:00:00:00:09;IP=10.0.0.9/24",
            Samples.Args(plan.Attachments[1].AddParameters.Args),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[]", "names no network")]
    [InlineData("nosuch", "no network configuration of the name \"nosuch\" in /etc/cni/net.d/multus")]
    [InlineData("tke-bridge,../x", "../x")]
    [InlineData("""[{"name":"../x"}]""", "must be letters, digits, '-', '_' and '.'")]
    [InlineData("tke-bridge,a/b/c", "annotation tke.cloud.tencent.com/networks")]
    [InlineData("tke-bridge@a,flannel-conf@a", "interface name a is asked for twice")]
    [InlineData("""[{"name":"a","ipRequest":"x"}]""", "failed to parse CIDR/IP address")]
    [InlineData("""[{"name":"a","macRequest":"x"}]""", "'macRequest' is \"x\"")]
    public void What_cannot_be_attached_is_named(string annotation, string shown) =>
        Assert.Contains(
            shown,
            Assert.Throws<CniException>(() => Plan("\"tke-bridge\"", annotation)).Error.Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void Upstreams_annotations_mean_nothing_here()
    {
        var pod = Samples.Pod("other", null, (NetworkSelectionParser.DefaultNetworkAnnotation, "a,b"));

        Assert.Equal(
            ["eth0 tke-bridge tke-bridge"],
            Samples.Attached(Samples.Plan(Samples.Request(Configuration("\"tke-bridge\"")), pod, ConfDir))
        );
    }

    [Fact]
    public void A_pod_that_nobody_knows_gets_the_default_delegates() =>
        Assert.Equal(
            ["eth0 tke-bridge tke-bridge"],
            Samples.Attached(Samples.Plan(Samples.Request(Configuration("\"tke-bridge\"")), null, ConfDir))
        );

    [Fact]
    public void Without_default_delegates_a_pod_has_to_name_its_networks()
    {
        var c = MultusConfiguration.Parse(Samples.Bytes($"{{{Guide},\"dialect\":\"tke\"}}"), default);

        Assert.Equal(
            ["eth0 sriov-conf sriov-conf"],
            Samples.Attached(Samples.Plan(Samples.Request(c), Pod("sriov-conf"), ConfDir))
        );
        Assert.Contains(
            "defaultDelegates",
            Assert.Throws<CniException>(() => Samples.Plan(Samples.Request(c), Pod(null), ConfDir)).Error.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_definition_is_ever_looked_up_and_the_status_goes_to_its_own_annotation()
    {
        var c = Configuration("\"tke-bridge\"");
        var demand = AttachmentPlanner.Demand(c, Pod("flannel-conf,ns/sriov-conf"));

        Assert.Empty(demand.Definitions);
        Assert.True(demand.NeedsConfDir(ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty));
        Assert.Equal(
            ("/etc/cni/net.d/multus", "tke.cloud.tencent.com/networks-status"),
            (c.ConfDir, c.Dialect.StatusAnnotation)
        );
    }

    [Theory]
    [InlineData("\"clusterNetwork\":\"/etc/x.conf\"")]
    [InlineData("\"delegates\":[{\"name\":\"a\",\"type\":\"b\"}]")]
    public void Keys_of_two_dialects_are_an_error_unless_one_is_chosen(string foreign)
    {
        var both = $"{{{foreign},\"defaultDelegates\":\"tke-bridge\"";

        Assert.Contains(
            "defaultDelegates",
            Assert.Throws<CniException>(() => MultusConfiguration.Parse(Samples.Bytes(both + "}"), default)).Error.Text,
            StringComparison.Ordinal
        );
        Assert.Same(
            Dialect.Multus,
            MultusConfiguration.Parse(Samples.Bytes(both + ",\"dialect\":\"multus\"}"), default).Dialect
        );
    }

    [Theory]
    [InlineData("\"dialect\":\"klingon\"", "found klingon")]
    [InlineData("\"defaultDelegates\":7", "'defaultDelegates' is a number")]
    [InlineData("\"defaultDelegates\":\"a/b/c\"", "'defaultDelegates': \"a/b/c\" has more than one '/'")]
    public void A_bad_key_is_named(string keys, string shown) =>
        Assert.Contains(
            shown,
            Assert
                .Throws<CniException>(() => MultusConfiguration.Parse(Samples.Bytes($"{{{keys}}}"), default))
                .Error.Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void Upstream_finds_the_interface_names_of_the_dialect_in_the_record()
    {
        var plan = Plan("\"tke-bridge\"", "tke-bridge,sriov-conf");
        var record = Samples.Json(System.Text.Encoding.UTF8.GetString(SandboxRecord.Write(plan)));

        Assert.False(record[0].TryGetProperty("ifnameRequest", out _));
        Assert.Equal("eth1", record[1].GetProperty("ifnameRequest").GetString());
    }

    private static MultusConfiguration Configuration(string delegates) =>
        MultusConfiguration.Parse(Samples.Bytes($"{{{Guide},\"defaultDelegates\":{delegates}}}"), default);

    private static AttachmentPlan Plan(string delegates, string? annotation) =>
        Samples.Plan(Samples.Request(Configuration(delegates)), Pod(annotation), ConfDir);

    private static Pod Pod(string? annotation) =>
        annotation is null ? Samples.Pod(null) : Samples.Pod(null, null, (Dialect.Tke.NetworksAnnotation, annotation));
}
