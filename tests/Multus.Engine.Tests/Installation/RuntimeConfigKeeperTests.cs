using System.Text.Json;
using Multus.Cni;
using Multus.Engine.Installation;

namespace Multus.Engine.Tests.Installation;

/// <summary>The runtime's configuration, made from the cluster network's file.</summary>
public sealed class RuntimeConfigKeeperTests : KeeperTest
{
    [Fact]
    public async Task The_file_has_upstreams_keys_in_upstreams_order_and_nothing_else()
    {
        Network(
            "10-a.conflist",
            """
            {"cniVersion":"0.4.0","name":"a",
             "plugins":[{"type":"x","capabilities":{"portMappings":true,"mac":false}}]}
            """
        );
        var keeper = Keeper(
            """
            {"cniVersion":"0.3.1","logLevel":"verbose","logToStderr":true,"cniConfigDir":"/x","multusConfigFile":"auto",
             "readinessindicatorfile":"","globalNamespaces":"","type":"","capabilities":{"ips":true}}
            """
        );

        await SettleAsync(keeper);

        Assert.Equal(
            $$"""
            {"capabilities":{"ips":true,"portMappings":true},"cniVersion":"0.3.1","logLevel":"verbose",
            "logToStderr":true,"name":"multus-cni-network","clusterNetwork":"{{Temp["10-a.conflist"]}}",
            "type":"multus-shim"}
            """.ReplaceLineEndings(""),
            await File.ReadAllTextAsync(ConfigFile)
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ConfigFile));
        Assert.Empty(keeper.State.Faults);
    }

    [Theory]
    [InlineData("1.1.0", "0.4.0", "1.1.0")]
    [InlineData("1.0.0", "0.4.0", "0.4.0")]
    [InlineData(null, "0.3.1", "0.3.1")]
    public async Task Without_a_cniVersion_it_is_the_newest_that_the_runtime_knows_else_the_networks(
        string? runtime,
        string network,
        string expected
    )
    {
        Ports.Runtime = runtime is null ? null : CniVersion.Parse(runtime);
        Network("10-a.conf", $$"""{"cniVersion":"{{network}}","name":"a","type":"x"}""");

        await SettleAsync(Keeper("{}"));

        Assert.Equal(expected, Written("cniVersion"));
    }

    [Fact]
    public async Task A_network_that_comes_later_and_before_it_in_the_order_of_names_takes_its_place_and_that_is_said()
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.Equal(Temp["10-x.conf"], Written("clusterNetwork"));

        Time.Advance(TimeSpan.FromSeconds(20));
        Network("05-y.conf");
        await SettleAsync(keeper);

        Assert.Equal(Temp["05-y.conf"], Written("clusterNetwork"));
        Assert.Contains(Ports.Told, told => told.Reason == "ClusterNetworkChanged");
        Assert.Equal(1, keeper.State.Changes);
    }

    [Fact]
    public async Task Before_the_folder_has_settled_nothing_is_written()
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");

        await keeper.LookAsync(CancellationToken.None);

        Assert.False(File.Exists(ConfigFile));
        Assert.Single(keeper.State.Faults);
    }

    [Fact]
    public async Task A_network_that_is_not_able_to_serve_is_waited_for_and_the_reason_is_the_nodes()
    {
        Network("10-x.conf");
        Ports.Status = new CniError(CniErrorCode.PluginNotAvailable, "agent is not up");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.False(File.Exists(ConfigFile));
        Assert.Contains("agent is not up", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        Ports.Status = null;
        await SettleAsync(keeper);

        Assert.True(File.Exists(ConfigFile));
        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public async Task With_a_readiness_file_that_is_what_counts()
    {
        Network("10-x.conf");
        Ports.Status = new CniError(CniErrorCode.PluginNotAvailable, "never asked");
        var keeper = Keeper("{}", settings => settings with { ReadinessIndicator = Temp["ready"] });
        await SettleAsync(keeper);
        Assert.False(File.Exists(ConfigFile));

        Temp.File("ready", "");
        await SettleAsync(keeper);

        Assert.True(File.Exists(ConfigFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"cniVersion\":")]
    [InlineData("[]")]
    public async Task A_broken_file_of_the_network_in_use_leaves_the_last_good_configuration(string broken)
    {
        Network("10-x.conf");
        Network("20-podman.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        var before = await File.ReadAllTextAsync(ConfigFile);

        Temp.File("10-x.conf", broken);
        await SettleAsync(keeper);

        Assert.Equal(before, await File.ReadAllTextAsync(ConfigFile));
        Assert.Contains(Temp["10-x.conf"], keeper.State.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_whose_file_goes_for_a_moment_is_not_changed_for_another_and_for_good_it_is()
    {
        Network("10-x.conf");
        Network("20-podman.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);

        File.Delete(Temp["10-x.conf"]);
        await SettleAsync(keeper);
        Assert.Equal(Temp["10-x.conf"], Written("clusterNetwork"));

        Time.Advance(TimeSpan.FromSeconds(31));
        await SettleAsync(keeper);
        Assert.Equal(Temp["20-podman.conf"], Written("clusterNetwork"));
    }

    [Fact]
    public async Task Multus_itself_is_never_the_cluster_network_whatever_its_file_is_called()
    {
        Network("05-a.conf", """{"cniVersion":"1.0.0","name":"a","type":"multus-shim"}""");
        Network("00-multus-old.conf");
        Network("06-b.json");
        Network("10-x.conf");

        await SettleAsync(Keeper("{}"));

        Assert.Equal(Temp["10-x.conf"], Written("clusterNetwork"));
    }

    [Fact]
    public async Task Keys_of_an_installation_before_it_count_where_its_own_say_nothing()
    {
        Network("10-x.conf");
        InheritedKeys.TakeOver(
            """
            {"namespaceIsolation":true,"logLevel":"error","binDir":"/host/opt/cni/bin","clusterNetwork":"/host/x"}
            """u8.ToArray(),
            Temp["cni"]
        );
        var keeper = Keeper("""{"logLevel":"debug"}""", inherited: InheritedKeys.Read(Temp["cni"]));

        await SettleAsync(keeper);

        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(ConfigFile));
        Assert.True(written.RootElement.GetProperty("namespaceIsolation").GetBoolean());
        Assert.Equal("debug", written.RootElement.GetProperty("logLevel").GetString());
        Assert.False(written.RootElement.TryGetProperty("binDir", out _));
    }

    [Fact]
    public async Task A_forced_version_is_written_into_the_networks_file()
    {
        Network("10-x.conf", """{"cniVersion":"0.3.1","name":"x","type":"x"}""");

        await SettleAsync(Keeper("""{"cniVersion":"0.4.0"}""", settings => settings with { ForceVersion = true }));

        using var forced = JsonDocument.Parse(await File.ReadAllTextAsync(Temp["10-x.conf"]));
        Assert.Equal("0.4.0", forced.RootElement.GetProperty("cniVersion").GetString());
        Assert.Equal("0.4.0", Written("cniVersion"));
    }

    [Fact]
    public async Task After_a_restart_the_network_in_use_is_still_that_of_the_file()
    {
        Network("10-x.conf");
        Network("20-podman.conf");
        await SettleAsync(Keeper("{}"));
        File.Delete(Temp["10-x.conf"]); // its agent restarts, and so does the daemon
        var keeper = Keeper("{}");

        await SettleAsync(keeper);
        Assert.Equal(Temp["10-x.conf"], Written("clusterNetwork"));
        Harm(removes: true);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(Temp["10-x.conf"], Written("clusterNetwork"));

        Time.Advance(TimeSpan.FromSeconds(31));
        await SettleAsync(keeper);
        Assert.Equal(Temp["20-podman.conf"], Written("clusterNetwork"));
        Assert.Contains(Ports.Told, told => told.Reason == "ClusterNetworkChanged");
    }

    [Fact]
    public async Task A_runtime_that_was_replaced_is_asked_again()
    {
        Ports.Runtime = CniVersion.V110;
        Network("10-x.conf", """{"cniVersion":"0.4.0","name":"n","type":"x"}""");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.Equal("1.1.0", Written("cniVersion"));

        Ports.Runtime = CniVersion.V100;
        Time.Advance(NetworkInUse.ChoiceLasts);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal("0.4.0", Written("cniVersion"));
    }

    [Fact]
    public void Damaged_keys_of_an_installation_before_it_are_no_empty_ones()
    {
        Temp.File("cni/.inherited.json", "{\"namespaceIsolation\":tr");

        Assert.ThrowsAny<JsonException>(() => InheritedKeys.Read(Temp["cni"]));
    }
}
