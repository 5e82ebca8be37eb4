using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>The runtime's configuration, made from the cluster network's file and kept.</summary>
public sealed class RuntimeConfigKeeperTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakePorts _ports = new();
    private readonly string _file;

    public RuntimeConfigKeeperTests() => _file = _temp["00-multus.conf"];

    public void Dispose() => _temp.Dispose();

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
            "logToStderr":true,"name":"multus-cni-network","clusterNetwork":"{{_temp["10-a.conflist"]}}",
            "type":"multus-shim"}
            """.ReplaceLineEndings(""),
            await File.ReadAllTextAsync(_file)
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
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
        _ports.Runtime = runtime is null ? null : CniVersion.Parse(runtime);
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
        Assert.Equal(_temp["10-x.conf"], Written("clusterNetwork"));

        _time.Advance(TimeSpan.FromSeconds(20));
        Network("05-y.conf");
        await SettleAsync(keeper);

        Assert.Equal(_temp["05-y.conf"], Written("clusterNetwork"));
        Assert.Contains(_ports.Told, told => told.Reason == "ClusterNetworkChanged");
        Assert.Equal(1, keeper.State.Changes);
    }

    [Fact]
    public async Task Before_the_folder_has_settled_nothing_is_written()
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");

        await keeper.LookAsync(CancellationToken.None);

        Assert.False(File.Exists(_file));
        Assert.Single(keeper.State.Faults);
    }

    [Fact]
    public async Task A_network_that_is_not_able_to_serve_is_waited_for_and_the_reason_is_the_nodes()
    {
        Network("10-x.conf");
        _ports.Status = new CniError(CniErrorCode.PluginNotAvailable, "agent is not up");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.False(File.Exists(_file));
        Assert.Contains("agent is not up", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        _ports.Status = null;
        await SettleAsync(keeper);

        Assert.True(File.Exists(_file));
        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public async Task With_a_readiness_file_that_is_what_counts()
    {
        Network("10-x.conf");
        _ports.Status = new CniError(CniErrorCode.PluginNotAvailable, "never asked");
        var keeper = Keeper("{}", settings => settings with { ReadinessIndicator = _temp["ready"] });
        await SettleAsync(keeper);
        Assert.False(File.Exists(_file));

        _temp.File("ready", "");
        await SettleAsync(keeper);

        Assert.True(File.Exists(_file));
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
        var before = await File.ReadAllTextAsync(_file);

        _temp.File("10-x.conf", broken);
        await SettleAsync(keeper);

        Assert.Equal(before, await File.ReadAllTextAsync(_file));
        Assert.Contains(_temp["10-x.conf"], keeper.State.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_whose_file_goes_for_a_moment_is_not_changed_for_another_and_for_good_it_is()
    {
        Network("10-x.conf");
        Network("20-podman.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);

        File.Delete(_temp["10-x.conf"]);
        await SettleAsync(keeper);
        Assert.Equal(_temp["10-x.conf"], Written("clusterNetwork"));

        _time.Advance(TimeSpan.FromSeconds(31));
        await SettleAsync(keeper);
        Assert.Equal(_temp["20-podman.conf"], Written("clusterNetwork"));
    }

    [Fact]
    public async Task Multus_itself_is_never_the_cluster_network_whatever_its_file_is_called()
    {
        Network("05-a.conf", """{"cniVersion":"1.0.0","name":"a","type":"multus-shim"}""");
        Network("00-multus-old.conf");
        Network("06-b.json");
        Network("10-x.conf");

        await SettleAsync(Keeper("{}"));

        Assert.Equal(_temp["10-x.conf"], Written("clusterNetwork"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_somebody_does_to_it_is_undone_five_times_in_a_minute_and_then_said(bool removes)
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        var good = await File.ReadAllTextAsync(_file);
        for (var i = 0; i < 5; i++)
        {
            Harm(removes);
            await keeper.LookAsync(CancellationToken.None);
            Assert.Equal(good, await File.ReadAllTextAsync(_file));
        }

        Harm(removes);
        await keeper.LookAsync(CancellationToken.None);

        Assert.True(keeper.State.IsGivenUp);
        Assert.Contains("cni-exclusive", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);
        Assert.Equal(5, _ports.Told.Count(told => told.Reason == "RuntimeConfigurationRestored"));
        Assert.Single(_ports.Told, told => told.Reason == "RuntimeConfigurationTaken");

        _time.Advance(TimeSpan.FromMinutes(5)); // who insisted was stopped: one more try, and a quiet minute
        await keeper.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(good, await File.ReadAllTextAsync(_file));
        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public async Task After_uninstall_it_is_taken_away_and_stays_away_until_install()
    {
        Network("10-x.conf");
        var markers = new InstallMarkers(_temp["cni"]);
        var keeper = Keeper("{}", WithMarker);
        await SettleAsync(keeper);

        markers.SayUninstalled();
        await SettleAsync(keeper);
        Assert.False(File.Exists(_file));
        Assert.Single(keeper.State.Faults);

        markers.SayInstalled("1");
        await SettleAsync(keeper);
        Assert.True(File.Exists(_file));
    }

    [Fact]
    public async Task Keys_of_an_installation_before_it_count_where_its_own_say_nothing()
    {
        Network("10-x.conf");
        InheritedKeys.TakeOver(
            """
            {"namespaceIsolation":true,"logLevel":"error","binDir":"/host/opt/cni/bin","clusterNetwork":"/host/x"}
            """u8.ToArray(),
            _temp["cni"]
        );
        var keeper = Keeper("""{"logLevel":"debug"}""", inherited: InheritedKeys.Read(_temp["cni"]));

        await SettleAsync(keeper);

        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(_file));
        Assert.True(written.RootElement.GetProperty("namespaceIsolation").GetBoolean());
        Assert.Equal("debug", written.RootElement.GetProperty("logLevel").GetString());
        Assert.False(written.RootElement.TryGetProperty("binDir", out _));
    }

    [Fact]
    public async Task A_forced_version_is_written_into_the_networks_file()
    {
        Network("10-x.conf", """{"cniVersion":"0.3.1","name":"x","type":"x"}""");

        await SettleAsync(Keeper("""{"cniVersion":"0.4.0"}""", settings => settings with { ForceVersion = true }));

        using var forced = JsonDocument.Parse(await File.ReadAllTextAsync(_temp["10-x.conf"]));
        Assert.Equal("0.4.0", forced.RootElement.GetProperty("cniVersion").GetString());
        Assert.Equal("0.4.0", Written("cniVersion"));
    }

    [Fact]
    public async Task While_a_network_does_not_say_whether_it_is_able_the_file_is_kept()
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        var good = await File.ReadAllTextAsync(_file);
        _ports.Silence = new TaskCompletionSource<CniError?>();
        Network("05-y.conf");
        await SettleAsync(keeper);

        Harm(removes: true);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(good, await File.ReadAllTextAsync(_file));

        _ports.Silence.SetResult(null);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(_temp["05-y.conf"], Written("clusterNetwork"));
    }

    [Fact]
    public async Task After_a_restart_the_network_in_use_is_still_that_of_the_file()
    {
        Network("10-x.conf");
        Network("20-podman.conf");
        await SettleAsync(Keeper("{}"));
        File.Delete(_temp["10-x.conf"]); // its agent restarts, and so does the daemon
        var keeper = Keeper("{}");

        await SettleAsync(keeper);
        Assert.Equal(_temp["10-x.conf"], Written("clusterNetwork"));
        Harm(removes: true);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(_temp["10-x.conf"], Written("clusterNetwork"));

        _time.Advance(TimeSpan.FromSeconds(31));
        await SettleAsync(keeper);
        Assert.Equal(_temp["20-podman.conf"], Written("clusterNetwork"));
        Assert.Contains(_ports.Told, told => told.Reason == "ClusterNetworkChanged");
    }

    [Fact]
    public async Task A_runtime_that_was_replaced_is_asked_again()
    {
        _ports.Runtime = CniVersion.V110;
        Network("10-x.conf", """{"cniVersion":"0.4.0","name":"n","type":"x"}""");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.Equal("1.1.0", Written("cniVersion"));

        _ports.Runtime = CniVersion.V100;
        _time.Advance(NetworkInUse.ChoiceLasts);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal("0.4.0", Written("cniVersion"));
    }

    [Fact]
    public async Task What_another_Multus_writes_after_uninstall_is_its_own()
    {
        Network("10-x.conf");
        var markers = new InstallMarkers(_temp["cni"]);
        var keeper = Keeper("{}", WithMarker);
        await SettleAsync(keeper);
        markers.SayUninstalled();
        await keeper.LookAsync(CancellationToken.None);

        await File.WriteAllTextAsync(_file, "upstream's");
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal("upstream's", await File.ReadAllTextAsync(_file));
    }

    [Fact]
    public async Task A_disk_that_takes_no_file_is_said_and_nobody_is_blamed_for_it()
    {
        Network("10-x.conf");
        var folder = _temp.File("blocked", "a file where the folder has to be");
        var keeper = Keeper("{}", settings => settings with { Folder = folder });
        for (var i = 0; i < 10; i++)
            await SettleAsync(keeper);
        Assert.Contains(folder, Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        File.Delete(folder);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Empty(keeper.State.Faults);
        Assert.Empty(_ports.Told);
        Assert.Equal(0, keeper.State.Restored);
    }

    [Fact]
    public async Task A_bug_of_whom_it_asks_is_its_trouble_and_it_goes_on()
    {
        Network("10-x.conf");
        _ports.Silence = new TaskCompletionSource<CniError?>();
        _ports.Silence.SetException(new InvalidOperationException("a bug"));
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.Contains("a bug", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        _ports.Silence = null;
        await SettleAsync(keeper);

        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public void Damaged_keys_of_an_installation_before_it_are_no_empty_ones()
    {
        _temp.File("cni/.inherited.json", "{\"namespaceIsolation\":tr");

        Assert.ThrowsAny<JsonException>(() => InheritedKeys.Read(_temp["cni"]));
    }

    private RuntimeConfigKeeper Keeper(
        string keys,
        Func<RuntimeConfigSettings, RuntimeConfigSettings>? change = null,
        JsonElement inherited = default
    )
    {
        var settings = new RuntimeConfigSettings
        {
            Folder = _temp.Path,
            NetworkFolder = _temp.Path,
            Template = new RuntimeConfigTemplate(JsonDocument.Parse(keys).RootElement, "multus-shim", inherited),
        };
        return new RuntimeConfigKeeper(change?.Invoke(settings) ?? settings, _ports, _time, NullLogger.Instance);
    }

    private RuntimeConfigSettings WithMarker(RuntimeConfigSettings settings) =>
        settings with
        {
            UninstalledMarker = Path.Combine(_temp["cni"], InstallMarkers.Uninstalled),
        };

    // Once to see the folder, once when it has settled.
    private async Task SettleAsync(RuntimeConfigKeeper keeper)
    {
        await keeper.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));
        await keeper.LookAsync(CancellationToken.None);
    }

    private void Network(string file, string content = """{"cniVersion":"1.0.0","name":"n","type":"x"}""") =>
        _temp.File(file, content);

    private string? Written(string key)
    {
        using var written = JsonDocument.Parse(File.ReadAllText(_file));
        return written.RootElement.GetProperty(key).GetString();
    }

    private void Harm(bool removes)
    {
        if (removes)
            File.Move(_file, _file + ".cilium_bak", overwrite: true);
        else
            File.WriteAllText(_file, "");
    }

    private sealed class FakePorts : IRuntimeConfigPorts
    {
        public CniError? Status { get; set; }

        public CniVersion? Runtime { get; set; }

        /// <summary>Answers for <see cref="Status"/> when it is set.</summary>
        public TaskCompletionSource<CniError?>? Silence { get; set; }

        public List<(string Reason, string Words)> Told { get; } = [];

        public Task<CniError?> AskStatusAsync(NetworkConfiguration network, CancellationToken cancel) =>
            Silence?.Task ?? Task.FromResult(Status);

        public Task<CniVersion?> RuntimeVersionAsync(CancellationToken cancel) => Task.FromResult(Runtime);

        public void Tell(string reason, string words) => Told.Add((reason, words));
    }
}
