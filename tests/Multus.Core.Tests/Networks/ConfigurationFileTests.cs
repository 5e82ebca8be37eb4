using System.Text;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Networks;

public sealed class ConfigurationFileTests
{
    private const string Path = "/etc/cni/net.d/10-cluster.conflist";
    private const string Folder = "/etc/cni/net.d/cluster";

    [Fact]
    public void Edge_101_272_plugins_beside_a_list_come_after_its_own()
    {
        var network = ListWith(
                """{"cniVersion":"1.0.0","name":"cluster","plugins":[{"type":"a"},{"type":"b"}]}""",
                ("10-c.conf", """{"type":"c","sysctl":{"x":"1"}}"""),
                ("20-d.conf", """{"type":"d"}""")
            )
            .Complete();

        Assert.Equal("a,b,c,d", network.Types);
        Assert.Contains(
            "\"sysctl\":{\"x\":\"1\"}",
            Encoding.UTF8.GetString(network.Bytes.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Edge_270_a_list_without_plugins_of_its_own_takes_those_beside_it() =>
        Assert.Equal("c", ListWith("""{"name":"cluster"}""", ("c.conf", """{"type":"c"}""")).Complete().Types);

    [Fact]
    public void A_list_with_no_plugin_beside_it_stays_byte_for_byte()
    {
        var network = ListWith(Samples.ClusterList).Complete();

        Assert.Equal(Samples.Bytes(Samples.ClusterList), network.Bytes.ToArray());
    }

    [Theory]
    [InlineData(Path, """{"name":"cluster","plugins":[{"type":"a"}]}""", Folder)]
    [InlineData(Path, """{"name":"cluster"}""", Folder)]
    [InlineData("relative.conflist", """{"name":"cluster"}""", "cluster")]
    [InlineData(Path, """{"name":"cluster","loadOnlyInlinedPlugins":true,"plugins":[{"type":"a"}]}""", null)]
    [InlineData(Path, """{"name":"cluster","loadOnlyInlinedPlugins":"TRUE","plugins":[{"type":"a"}]}""", null)]
    [InlineData(Path, """{"name":"../../etc","plugins":[{"type":"a"}]}""", null)]
    [InlineData(Path, """{"name":"/etc","plugins":[{"type":"a"}]}""", null)]
    [InlineData(Path, """{"name":"..","plugins":[{"type":"a"}]}""", null)]
    [InlineData(Path, """{"name":"","plugins":[{"type":"a"}]}""", null)]
    [InlineData("/etc/cni/net.d/10-a.conf", """{"name":"cluster","type":"a"}""", null)]
    [InlineData("/etc/cni/net.d/10-a.json", """{"name":"cluster","type":"a"}""", null)]
    [InlineData(Path, "{", null)]
    public void Edge_272_plugins_are_looked_for_in_the_folder_of_the_lists_name_unless_that_would_lead_elsewhere(
        string path,
        string text,
        string? folder
    ) => Assert.Equal(folder, ConfigurationFile.Parse(new FoundFile(path, Samples.Bytes(text))).FragmentFolder);

    [Fact]
    public void Edge_269_a_list_that_insists_on_its_own_plugins_and_has_none_is_an_error() =>
        Assert.Contains(
            "no 'plugins' key",
            ConfigurationFile
                .Parse(new FoundFile(Path, Samples.Bytes("""{"name":"n","loadOnlyInlinedPlugins":true}""")))
                .Problem,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("{", "error parsing configuration")]
    [InlineData("{}", "missing 'type'")]
    [InlineData("""{"plugins":[{"type":"x"}]}""", "missing 'type'")]
    public void A_plugin_beside_a_list_that_does_not_parse_spoils_the_whole_list_and_is_named(
        string text,
        string reason
    )
    {
        var error = Assert
            .Throws<CniException>(() =>
                ListWith(Samples.ClusterList, ("10-good.conf", """{"type":"c"}"""), ("20-bad.conf", text)).Complete()
            )
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.StartsWith(
            $"{Path} cannot be used: its plugin {Folder}/20-bad.conf: ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_beside_a_list_that_cannot_be_read_spoils_the_whole_list_and_is_named()
    {
        var file = ConfigurationFile
            .Parse(new FoundFile(Path, Samples.Bytes(Samples.ClusterList)))
            .WithFragments([new FoundFile($"{Folder}/x.conf", default, "permission denied")]);

        Assert.Equal(
            $"{Path} cannot be used: its plugin {Folder}/x.conf: cannot be read: permission denied",
            Assert.Throws<CniException>(file.Complete).Error.Message
        );
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_so() =>
        Assert.Equal(
            "/x.conf cannot be read: permission denied",
            Assert
                .Throws<CniException>(() =>
                    ConfigurationFile.Parse(new FoundFile("/x.conf", default, "permission denied")).Complete()
                )
                .Error.Message
        );

    [Fact]
    public void A_plugin_that_would_run_Multus_again_is_seen_when_it_lies_beside_the_list() =>
        Assert.True(
            ConfigurationFiles.RunsMultus(ListWith(Samples.ClusterList, ("x.conf", """{"type":"multus"}""")).Complete())
        );

    [Theory]
    [InlineData("10-a.conf", true, true)]
    [InlineData("10-a.conflist", true, false)]
    [InlineData("10-a.json", true, false)]
    [InlineData("10-a.CONF", false, false)]
    [InlineData("10-a.conf.bak", false, false)]
    [InlineData("notes.txt", false, false)]
    [InlineData("conf", false, false)]
    public void Edge_273_the_extension_says_which_files_count(string path, bool isConfiguration, bool isFragment) =>
        Assert.Equal(
            (isConfiguration, isFragment),
            (ConfigurationFiles.IsConfigurationFile(path), ConfigurationFiles.IsFragment(path))
        );

    private static ConfigurationFile ListWith(string list, params (string Name, string Text)[] beside) =>
        ConfigurationFile
            .Parse(new FoundFile(Path, Samples.Bytes(list)))
            .WithFragments([.. beside.Select(f => new FoundFile($"{Folder}/{f.Name}", Samples.Bytes(f.Text)))]);
}
