using Multus.Cni;
using Multus.Core.Configuration;

namespace Multus.Core.Tests.Configuration;

public sealed class MultusConfigurationTests
{
    private const string Cluster = "\"clusterNetwork\":\"/etc/cni/net.d/10-blue.conflist\"";

    [Fact]
    public void Every_key_has_upstreams_default()
    {
        var c = Parse($"{{{Cluster}}}");

        Assert.Equal(CniVersion.V010, c.Version);
        Assert.Equal(
            ("", "/opt/cni/bin", "/var/lib/cni/multus", "/etc/cni/multus/net.d"),
            (c.Name, c.BinDir, c.CniDir, c.ConfDir)
        );
        Assert.Equal(
            (false, "default", "kube-system", "kube-system"),
            (
                c.NamespaceIsolation,
                string.Join(' ', c.GlobalNamespaces),
                string.Join(' ', c.SystemNamespaces),
                c.MultusNamespace
            )
        );
        Assert.Empty(c.Delegates);
        Assert.Empty(c.RuntimeConfig);
        Assert.Equal("", c.AuxiliaryChainName);
    }

    [Fact]
    public void Every_key_is_read_whatever_its_case()
    {
        var c = Parse(
            """
            {"CNIVERSION":"1.0.0","Name":"n","BINDIR":"/b","cnidir":"/c","confdir":"/d","ClusterNetwork":"/x.conf","NamespaceIsolation":true,
            "globalNAMESPACES":" foo,bar ,default","SystemNamespaces":["sys"],"multusnamespace":"m","RuntimeConfig":{"mac":"02:00:00:00:00:01"}}
            """
        );

        Assert.Equal(
            (CniVersion.V100, "n", "/b", "/c", "/d", "/x.conf"),
            (c.Version, c.Name, c.BinDir, c.CniDir, c.ConfDir, c.ClusterNetwork)
        );
        Assert.Equal(
            (true, "foo|bar|default", "sys", "m"),
            (
                c.NamespaceIsolation,
                string.Join('|', c.GlobalNamespaces),
                string.Join('|', c.SystemNamespaces),
                c.MultusNamespace
            )
        );
        Assert.Equal("mac", Assert.Single(c.RuntimeConfig).Key);
    }

    [Fact]
    public void Empty_items_of_global_namespaces_are_kept_and_replace_the_default() =>
        Assert.Equal("|a|", string.Join('|', Parse($"{{{Cluster},\"globalNamespaces\":\", a ,\"}}").GlobalNamespaces));

    [Fact]
    public void The_daemons_keys_replace_the_requests_whole()
    {
        var c = Parse(
            "{"
                + Cluster
                + ""","cniVersion":"0.3.1","binDir":"/request","runtimeConfig":{"mac":"02:00:00:00:00:01","ips":["10.0.0.1"]}}""",
            """{"CniVersion":"1.0.0","bindir":"/daemon","runtimeConfig":{"ips":["10.0.0.2"]},"chrootDir":"/hostroot","socketDir":"/run/multus"}"""
        );

        Assert.Equal((CniVersion.V100, "/daemon"), (c.Version, c.BinDir));
        Assert.Equal("ips", Assert.Single(c.RuntimeConfig).Key);
    }

    [Fact]
    public void A_null_of_the_daemon_brings_back_the_default() =>
        Assert.Equal("/opt/cni/bin", Parse($"{{{Cluster},\"binDir\":\"/request\"}}", """{"binDir":null}""").BinDir);

    [Fact]
    public void An_empty_daemon_configuration_changes_nothing() =>
        Assert.Equal("/request", Parse($"{{{Cluster},\"binDir\":\"/request\"}}").BinDir);

    [Fact]
    public void The_cluster_network_wins_over_delegates_which_are_not_even_read() =>
        Assert.Empty(Parse($"{{{Cluster},\"delegates\":[{{\"tipe\":\"x\"}}]}}").Delegates);

    [Fact]
    public void Inline_delegates_are_kept_in_order_when_there_is_no_cluster_network() =>
        Assert.Equal(
            ["weave", "other"],
            Parse(
                """{"clusterNetwork":"","delegates":[{"name":"weave","type":"weave-net"},{"name":"other","plugins":[{"type":"p"}]}]}"""
            )
                .Delegates.Select(d => d.Name)
        );

    [Fact]
    public void Edge_013_obsolete_and_foreign_keys_are_passed_over() =>
        Assert.Empty(
            Parse(
                "{"
                    + Cluster
                    + ""","defaultnetworkwaitseconds":3,"defaultnetworkfile":"x","kubeconfig":"/k","prevResult":{"ips":[]},"cniConf":7}"""
            ).DefaultNetworks
        );

    [Theory]
    [InlineData(",\"defaultNetworks\":[\"a\",\"/b\"]", "a|/b")]
    [InlineData(",\"DEFAULTNETWORKS\":[\"a\"]", "a")]
    [InlineData(",\"defaultNetworks\":[]", "")]
    [InlineData(",\"defaultNetworks\":null", "")]
    [InlineData("", "")]
    public void Edge_082_default_networks_are_kept_in_order(string members, string expected) =>
        Assert.Equal(expected, string.Join('|', Parse($"{{{Cluster}{members}}}").DefaultNetworks));

    [Fact]
    public void Default_networks_need_a_cluster_network() =>
        Assert.Empty(
            Parse("""{"delegates":[{"name":"weave","type":"weave-net"}],"defaultNetworks":["a"]}""").DefaultNetworks
        );

    [Theory]
    [InlineData("", "")]
    [InlineData(",\"readinessindicatorfile\":null", "")]
    [InlineData(",\"readinessindicatorfile\":\"\"", "")]
    [InlineData(",\"readinessindicatorfile\":\"/run//flannel/../ready \"", "/run//flannel/../ready ")]
    [InlineData(",\"readinessIndicatorFile\":\"/run/ready\"", "/run/ready")]
    public void Edge_011_012_the_readiness_indicator_is_kept_verbatim_and_is_none_by_default(
        string members,
        string expected
    ) => Assert.Equal(expected, Parse($"{{{Cluster}{members}}}").ReadinessIndicatorFile);

    [Theory]
    [InlineData("{\"cniVersion\":", CniErrorCode.Decode, "request")]
    [InlineData("", CniErrorCode.Decode, "request")]
    [InlineData("null", CniErrorCode.InvalidNetworkConfig, "it is null, must be an object")]
    [InlineData("[]", CniErrorCode.InvalidNetworkConfig, "it is an array, must be an object")]
    [InlineData("{}", CniErrorCode.InvalidNetworkConfig, "at least one delegate/clusterNetwork must be specified")]
    [InlineData(
        "{\"delegates\":[]}",
        CniErrorCode.InvalidNetworkConfig,
        "at least one delegate/clusterNetwork must be specified"
    )]
    [InlineData(
        "{\"delegates\":[{\"type\":\"a\",\"name\":\"a\"},{\"tipe\":\"b\"}]}",
        CniErrorCode.InvalidNetworkConfig,
        "failed to load delegate 1 config"
    )]
    [InlineData(
        "{\"delegates\":[{\"type\":\"a\",\"capabilities\":{\"x\":\"true\"}}]}",
        CniErrorCode.InvalidNetworkConfig,
        "failed to load delegate 0 config"
    )]
    [InlineData(
        "{\"delegates\":[{\"name\":\"a\",\"plugins\":[null]}]}",
        CniErrorCode.InvalidNetworkConfig,
        "failed to load delegate 0 config"
    )]
    [InlineData("{\"delegates\":[null]}", CniErrorCode.InvalidNetworkConfig, "delegates[0]")]
    [InlineData(
        "{\"delegates\":\"a\"}",
        CniErrorCode.InvalidNetworkConfig,
        "'delegates' is a string (\"a\"), must be an array"
    )]
    [InlineData(
        "{\"clusterNetwork\":7}",
        CniErrorCode.InvalidNetworkConfig,
        "'clusterNetwork' is a number (7), must be a string"
    )]
    [InlineData(
        "{\"clusterNetwork\":\"/x\",\"namespaceIsolation\":\"true\"}",
        CniErrorCode.InvalidNetworkConfig,
        "must be true or false"
    )]
    [InlineData(
        "{\"clusterNetwork\":\"/x\",\"systemNamespaces\":[1]}",
        CniErrorCode.InvalidNetworkConfig,
        "systemNamespaces[0]"
    )]
    [InlineData(
        "{\"clusterNetwork\":\"/x\",\"defaultNetworks\":[\"a\",\"\"]}",
        CniErrorCode.InvalidNetworkConfig,
        "defaultNetworks[1]' is empty"
    )]
    [InlineData(
        "{\"clusterNetwork\":\"/x\",\"defaultNetworks\":\"a\"}",
        CniErrorCode.InvalidNetworkConfig,
        "must be an array"
    )]
    [InlineData("{\"clusterNetwork\":\"/x\",\"cniVersion\":\"abc\"}", CniErrorCode.Decode, "abc")]
    public void An_unusable_configuration_says_which_key_what_was_found_and_what_would_do(
        string json,
        uint code,
        string shown
    )
    {
        var error = Assert.Throws<CniException>(() => Parse(json)).Error;

        Assert.Equal(code, error.Code);
        Assert.Contains(shown, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_the_daemons_file_is_said_to_be_there() =>
        Assert.Contains(
            "the daemon's configuration: 'binDir'",
            Assert.Throws<CniException>(() => Parse($"{{{Cluster}}}", """{"binDir":1}""")).Error.Text,
            StringComparison.Ordinal
        );

    private static MultusConfiguration Parse(string request, string daemon = "") =>
        MultusConfiguration.Parse(Samples.Bytes(request), Samples.Bytes(daemon));
}
