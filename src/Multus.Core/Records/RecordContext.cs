using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Core.Records;

/// <summary>
/// What a DEL or CHECK knows by itself. It fills what upstream's records lack; our own records lack nothing.
/// </summary>
/// <param name="NetNs">Null or empty when the runtime does not say, which a DEL may.</param>
/// <param name="IfName">The cluster network's interface.</param>
/// <param name="PluginPath">Also searched after the folders of a record of ours, should plugins have moved
/// since.</param>
/// <param name="RuntimeConfig">What the runtime offers to capabilities.</param>
public sealed record RecordContext(
    SandboxId Sandbox,
    string? NetNs,
    string IfName,
    PodIdentity Pod,
    ImmutableArray<string> PluginPath,
    ImmutableArray<KeyValuePair<string, JsonElement>> RuntimeConfig = default
)
{
    /// <summary>Where upstream's records have their device information; our own say it themselves.</summary>
    public string DeviceInfoDir { get; init; } = DeviceInfoLocation.DefaultFolder;
}
