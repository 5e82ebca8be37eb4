using System.Text.Json;
using Multus.Core.Generation;
using Multus.Engine.Installation;

namespace Multus.Engine.Tests.Installation;

/// <summary>The thin plugin's configuration, which has the cluster network written into it.</summary>
public sealed class EmbeddedNetworkTests : KeeperTest
{
    private const string Cluster =
        """{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x","capabilities":{"portMappings":true}}]}""";

    private string All => File.ReadAllText(ConfigFile);

    [Fact]
    public async Task The_network_stands_in_delegates_as_upstreams_installer_has_it()
    {
        Temp.File("10-n.conflist", Cluster);

        await SettleAsync(
            EmbeddingKeeper("""{"kubeconfig":"/k","nodeName":"node","logToStderr":false,"namespaceIsolation":true}""")
        );

        Assert.Equal(
            $$"""
            {"capabilities":{"portMappings":true},"cniVersion":"1.0.0","logToStderr":false,
            "name":"multus-cni-network","namespaceIsolation":true,"type":"multus","kubeconfig":"/k",
            "nodeName":"node","delegates":[{{Cluster}}]}
            """.ReplaceLineEndings(""),
            All
        );
    }

    [Fact]
    public async Task It_follows_its_file_and_outlives_it()
    {
        Temp.File("10-n.conflist", Cluster);
        var keeper = EmbeddingKeeper();
        await SettleAsync(keeper);

        Temp.File("10-n.conflist", Cluster.Replace("\"x\"", "\"y\"", StringComparison.Ordinal));
        await SettleAsync(keeper);
        Assert.Contains("\"y\"", All, StringComparison.Ordinal);

        var before = All;
        File.Delete(Temp["10-n.conflist"]);
        File.Delete(Temp["00-multus.conf"]);
        await SettleAsync(keeper);
        Assert.Equal(before, All);
    }

    [Fact]
    public async Task A_restart_takes_the_last_one_for_good_while_there_is_no_network()
    {
        Temp.File("10-n.conflist", Cluster);
        await SettleAsync(EmbeddingKeeper());
        var before = All;
        File.Delete(Temp["10-n.conflist"]);

        var next = EmbeddingKeeper();
        await SettleAsync(next);
        File.Delete(Temp["00-multus.conf"]);
        await SettleAsync(next);

        Assert.Equal(before, All);
    }

    [Theory]
    [InlineData("""{"cniVersion":"1.0.0","name":"m","plugins":[{"type":"multus","delegates":[]}]}""", false)]
    [InlineData("""{"cniVersion":"1.0.0","name":"m","plugins":[{"type":"somebody"}]}""", true)]
    [InlineData("{", true)]
    public async Task A_list_that_upstreams_installer_has_left_goes_and_what_is_another_s_stays(
        string content,
        bool stays
    )
    {
        Temp.File("00-multus.conflist", content);
        Temp.File("10-n.conflist", Cluster);

        await SettleAsync(EmbeddingKeeper());

        Assert.Equal(stays, File.Exists(Temp["00-multus.conflist"]));
        Assert.True(File.Exists(Temp["00-multus.conf"]));
    }

    private RuntimeConfigKeeper EmbeddingKeeper(string keys = "{}") =>
        Keeper(
            keys,
            settings =>
                settings with
                {
                    Template = new RuntimeConfigTemplate(JsonDocument.Parse(keys).RootElement, "multus")
                    {
                        EmbedsNetwork = true,
                    },
                }
        );
}
