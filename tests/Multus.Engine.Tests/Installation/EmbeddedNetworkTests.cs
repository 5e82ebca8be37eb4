using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>The thin plugin's configuration, which has the cluster network written into it.</summary>
public sealed class EmbeddedNetworkTests : IDisposable, IRuntimeConfigPorts
{
    private const string Network =
        """{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x","capabilities":{"portMappings":true}}]}""";

    private readonly TempFolder _temp = new();
    private readonly FakeTimeProvider _time = new();

    private string Written => File.ReadAllText(_temp["00-multus.conf"]);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_network_stands_in_delegates_as_upstreams_installer_has_it()
    {
        _temp.File("10-n.conflist", Network);

        await SettleAsync(
            Keeper("""{"kubeconfig":"/k","nodeName":"node","logToStderr":false,"namespaceIsolation":true}""")
        );

        Assert.Equal(
            $$"""
            {"capabilities":{"portMappings":true},"cniVersion":"1.0.0","logToStderr":false,
            "name":"multus-cni-network","namespaceIsolation":true,"type":"multus","kubeconfig":"/k",
            "nodeName":"node","delegates":[{{Network}}]}
            """.ReplaceLineEndings(""),
            Written
        );
    }

    [Fact]
    public async Task It_follows_its_file_and_outlives_it()
    {
        _temp.File("10-n.conflist", Network);
        var keeper = Keeper("{}");
        await SettleAsync(keeper);

        _temp.File("10-n.conflist", Network.Replace("\"x\"", "\"y\"", StringComparison.Ordinal));
        await SettleAsync(keeper);
        Assert.Contains("\"y\"", Written, StringComparison.Ordinal);

        var before = Written;
        File.Delete(_temp["10-n.conflist"]);
        File.Delete(_temp["00-multus.conf"]);
        await SettleAsync(keeper);
        Assert.Equal(before, Written);
    }

    [Fact]
    public async Task A_restart_takes_the_last_one_for_good_while_there_is_no_network()
    {
        _temp.File("10-n.conflist", Network);
        await SettleAsync(Keeper("{}"));
        var before = Written;
        File.Delete(_temp["10-n.conflist"]);

        var next = Keeper("{}");
        await SettleAsync(next);
        File.Delete(_temp["00-multus.conf"]);
        await SettleAsync(next);

        Assert.Equal(before, Written);
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
        _temp.File("00-multus.conflist", content);
        _temp.File("10-n.conflist", Network);

        await SettleAsync(Keeper("{}"));

        Assert.Equal(stays, File.Exists(_temp["00-multus.conflist"]));
        Assert.True(File.Exists(_temp["00-multus.conf"]));
    }

    Task<CniError?> IRuntimeConfigPorts.AskStatusAsync(NetworkConfiguration network, CancellationToken cancel) =>
        Task.FromResult<CniError?>(null);

    Task<CniVersion?> IRuntimeConfigPorts.RuntimeVersionAsync(CancellationToken cancel) =>
        Task.FromResult<CniVersion?>(null);

    void IRuntimeConfigPorts.Tell(string reason, string words) { }

    private RuntimeConfigKeeper Keeper(string keys) =>
        new(
            new RuntimeConfigSettings
            {
                Folder = _temp.Path,
                NetworkFolder = _temp.Path,
                Template = new RuntimeConfigTemplate(JsonDocument.Parse(keys).RootElement, "multus")
                {
                    EmbedsNetwork = true,
                },
            },
            this,
            _time,
            NullLogger.Instance
        );

    private async Task SettleAsync(RuntimeConfigKeeper keeper)
    {
        await keeper.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));
        await keeper.LookAsync(CancellationToken.None);
    }
}
