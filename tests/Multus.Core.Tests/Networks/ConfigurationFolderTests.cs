using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Networks;

public sealed class ConfigurationFolderTests
{
    private const string Multus =
        """{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/x"}""";

    [Fact]
    public void The_first_file_by_name_is_the_cluster_network() =>
        Assert.Equal(
            "mynet",
            Folder(("05-bridge.conf", Samples.BridgeConf), ("10-cluster.conflist", Samples.ClusterList)).First().Name
        );

    [Fact]
    public void A_file_that_does_not_parse_does_not_hide_those_after_it() =>
        Assert.Equal(
            "cluster",
            Folder(
                    ("05-bad.conf", "{"),
                    ("06-empty.conflist", """{"name":"x","plugins":[]}"""),
                    ("07-none.conflist", """{"name":"y"}"""),
                    ("10-cluster.conflist", Samples.ClusterList)
                )
                .First()
                .Name
        );

    [Fact]
    public void Multus_own_configuration_is_passed_over() =>
        Assert.Equal(
            "cluster",
            Folder(("00-multus.conf", Multus), ("10-cluster.conflist", Samples.ClusterList)).First().Name
        );

    [Fact]
    public void When_none_is_usable_the_error_names_the_folder_and_every_file_with_its_reason()
    {
        var error = Assert
            .Throws<CniException>(() =>
                Folder(
                        ("05-bad.conf", "{"),
                        ("10-list.conf", Samples.ClusterList),
                        ("20-self.conf", Multus),
                        ("30-none.conflist", """{"name":"y"}""")
                    )
                    .First()
            )
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains("/etc/cni/net.d", error.Message, StringComparison.Ordinal);
        Assert.Contains("05-bad.conf cannot be used: ", error.Text, StringComparison.Ordinal);
        Assert.Matches(
            "10-list.conf cannot be used: .*missing 'type'; it is a list of plugins, which must be in a file named .conflist",
            error.Text
        );
        Assert.Contains("20-self.conf is the configuration of Multus itself", error.Text, StringComparison.Ordinal);
        Assert.Contains("30-none.conflist has no plugins", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_an_error_that_says_what_to_put_there()
    {
        var error = Assert.Throws<CniException>(() => Folder().First()).Error;

        Assert.Contains("no networks found in /etc/cni/net.d", error.Text, StringComparison.Ordinal);
        Assert.Contains(".conflist", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mynet1")]
    [InlineData("mynet2")]
    [InlineData("cluster")]
    public void Edge_079_a_configuration_is_found_by_the_name_inside_it(string name) =>
        Assert.Equal(
            name,
            Folder(
                    Conf("10-net1.conf", "mynet1"),
                    Conf("20-net2.json", "mynet2"),
                    ("30-x.conflist", Samples.ClusterList)
                )
                .Named(name)
                .Name
        );

    [Fact]
    public void Of_two_configurations_of_one_name_the_first_file_wins() =>
        Assert.Equal(
            "first",
            Folder(Conf("10-a.conf", "n", "first"), Conf("20-b.conf", "n", "second")).Named("n").Types
        );

    [Fact]
    public void A_file_that_does_not_parse_does_not_hide_a_later_one_of_the_name() =>
        Assert.Equal("n", Folder(("10-a.conf", "{"), Conf("20-b.conf", "n")).Named("n").Name);

    [Fact]
    public void Edge_080_when_none_has_the_name_the_error_quotes_the_file_that_does_not_parse()
    {
        var error = Assert
            .Throws<CniException>(() => Folder(Conf("10-net1.conf", "net1"), ("20-net2.conf", "garbage")).Named("net2"))
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Equal("no network configuration of the name \"net2\" in /etc/cni/net.d", error.Message);
        Assert.StartsWith(
            "names found: net1; not usable: 20-net2.conf cannot be used: error parsing configuration: ",
            error.Details,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Edge_088_an_empty_folder_has_no_network_of_any_name() =>
        Assert.Contains(
            "it has no .conf, .conflist or .json file",
            Assert.Throws<CniException>(() => Folder().Named("net1")).Error.Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_folder_that_cannot_be_read_says_why() =>
        Assert.Contains(
            "it cannot be read: permission denied",
            Assert
                .Throws<CniException>(() => new ConfigurationFolder("/x", [], "permission denied").Named("net1"))
                .Error.Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_configuration_without_a_name_is_found_by_none() =>
        Assert.Throws<CniException>(() => Folder(("10-a.conf", """{"type":"a"}""")).Named(""));

    [Fact]
    public void Edge_271_a_list_that_was_found_but_has_no_plugin_is_an_error_and_no_reason_to_look_further()
    {
        var error = Assert
            .Throws<CniException>(() =>
                Folder(("10-a.conflist", """{"name":"n"}"""), Conf("20-b.conf", "n")).Named("n")
            )
            .Error;

        Assert.StartsWith(
            "/etc/cni/net.d/10-a.conflist cannot be used: no plugin configs found",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("/etc/cni/net.d/n", error.Details, StringComparison.Ordinal);
    }

    private static ConfigurationFolder Folder(params (string Name, string Text)[] files) =>
        Samples.Folder("/etc/cni/net.d", files);

    private static (string Name, string Text) Conf(string file, string name, string type = "bridge") =>
        (file, $$"""{"name":"{{name}}","type":"{{type}}"}""");
}
