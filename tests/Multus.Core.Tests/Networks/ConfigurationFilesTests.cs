using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Networks;

public sealed class ConfigurationFilesTests
{
    [Fact]
    public void The_first_file_by_name_is_the_cluster_network() =>
        Assert.Equal("mynet", FirstOf(("05-bridge.conf", Samples.BridgeConf), ("10-cluster.conflist", Samples.ClusterList)));

    [Fact]
    public void A_file_that_does_not_parse_does_not_hide_those_after_it() =>
        Assert.Equal("cluster", FirstOf(("05-bad.conf", "{"), ("06-empty.conflist", """{"name":"x","plugins":[]}"""), ("10-cluster.conflist", Samples.ClusterList)));

    [Fact]
    public void Multus_own_configuration_is_passed_over() =>
        Assert.Equal("cluster", FirstOf(
            ("00-multus.conf", """{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/x"}"""),
            ("10-cluster.conflist", Samples.ClusterList)));

    [Fact]
    public void Other_files_are_not_looked_at() =>
        Assert.Equal("cluster", FirstOf(("05-notes.txt", "hello"), ("06-old.conflist.bak", "{"), ("10-cluster.conflist", Samples.ClusterList)));

    [Fact]
    public void When_none_is_usable_the_error_names_the_folder_and_every_file_with_its_reason()
    {
        var error = Assert.Throws<CniException>(() => FirstOf(("05-bad.conf", "{"), ("10-list.conf", Samples.ClusterList), ("20-self.conf", """{"name":"m","type":"multus"}"""))).Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains("/etc/cni/net.d", error.Text, StringComparison.Ordinal);
        Assert.Contains("05-bad.conf: ", error.Text, StringComparison.Ordinal);
        Assert.Contains("10-list.conf: ", error.Text, StringComparison.Ordinal);
        Assert.Contains("20-self.conf: it is the configuration of Multus itself", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_an_error_that_says_what_to_put_there()
    {
        var error = Assert.Throws<CniException>(() => FirstOf()).Error;

        Assert.Contains("no networks found in /etc/cni/net.d", error.Text, StringComparison.Ordinal);
        Assert.Contains(".conflist", error.Text, StringComparison.Ordinal);
    }

    private static string FirstOf(params (string Name, string Text)[] files) =>
        ConfigurationFiles.FirstOf([.. files.Select(f => ($"/etc/cni/net.d/{f.Name}", (ReadOnlyMemory<byte>)Samples.Bytes(f.Text)))], "/etc/cni/net.d").Name;
}
