using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>A keeper in a folder of the test's own, with a clock that the test moves.</summary>
public abstract class KeeperTest : IDisposable
{
    protected KeeperTest() => ConfigFile = Temp["00-multus.conf"];

    protected TempFolder Temp { get; } = new();

    protected FakeTimeProvider Time { get; } = new();

    protected FakeRuntimeConfigPorts Ports { get; } = new();

    protected string ConfigFile { get; }

    public void Dispose()
    {
        Temp.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Of the folder, which is the network's as well.</summary>
    private protected RuntimeConfigKeeper Keeper(
        string keys,
        Func<RuntimeConfigSettings, RuntimeConfigSettings>? change = null,
        JsonElement inherited = default
    )
    {
        var settings = new RuntimeConfigSettings
        {
            Folder = Temp.Path,
            NetworkFolder = Temp.Path,
            Template = new RuntimeConfigTemplate(JsonDocument.Parse(keys).RootElement, "multus-shim", inherited),
        };
        return new RuntimeConfigKeeper(change?.Invoke(settings) ?? settings, Ports, Time, NullLogger.Instance);
    }

    private protected RuntimeConfigSettings WithMarker(RuntimeConfigSettings settings) =>
        settings with
        {
            UninstalledMarker = Path.Combine(Temp["cni"], InstallMarkers.Uninstalled),
        };

    // Once to see the folder, once when it has settled.
    private protected async Task SettleAsync(RuntimeConfigKeeper keeper)
    {
        await keeper.LookAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(2));
        await keeper.LookAsync(CancellationToken.None);
    }

    private protected void Network(string file, string content = """{"cniVersion":"1.0.0","name":"n","type":"x"}""") =>
        Temp.File(file, content);

    private protected string? Written(string key)
    {
        using var written = JsonDocument.Parse(File.ReadAllText(ConfigFile));
        return written.RootElement.GetProperty(key).GetString();
    }

    private protected void Harm(bool removes)
    {
        if (removes)
            File.Move(ConfigFile, ConfigFile + ".cilium_bak", overwrite: true);
        else
            File.WriteAllText(ConfigFile, "");
    }
}
