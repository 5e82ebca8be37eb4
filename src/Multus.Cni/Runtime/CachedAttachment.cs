using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Runtime;

/// <summary>An attachment as the result cache knows it (cni-runtime.md §11).</summary>
/// <param name="Kind"><see cref="CurrentKind"/>; empty for an entry of old that is a bare result, and for a damaged
/// one.</param>
/// <param name="NetworkName">Empty when the entry does not say.</param>
/// <param name="ContainerId">Empty when the entry does not say.</param>
/// <param name="IfName">Empty when the entry does not say.</param>
/// <param name="NetNs">Empty when there was none.</param>
/// <param name="Config">The configuration as loaded, without anything injected.</param>
/// <param name="CniArgs">CNI_ARGS of the ADD.</param>
/// <param name="CapabilityArgs">All that was on offer, not only what plugins took.</param>
/// <param name="Result">The result's document in its own version; empty when there is none.</param>
/// <param name="Damaged">Why nothing of the entry can be used, or null.</param>
public sealed record CachedAttachment(
    string Kind,
    string NetworkName,
    string ContainerId,
    string IfName,
    string NetNs,
    ReadOnlyMemory<byte> Config,
    ImmutableArray<KeyValuePair<string, string>> CniArgs,
    ImmutableArray<KeyValuePair<string, JsonElement>> CapabilityArgs,
    ReadOnlyMemory<byte> Result,
    string? Damaged = null
)
{
    /// <summary>What upstream calls the present format.</summary>
    public const string CurrentKind = "cniCacheV1";

    /// <summary>Whether the entry can stand for an attachment when all are listed.</summary>
    public bool IsComplete => Damaged is null && Kind == CurrentKind && IfName.Length > 0 && NetworkName.Length > 0;

    internal static CachedAttachment OfDamage(string why) => new("", "", "", "", "", default, [], [], default, why);

    internal static CachedAttachment OfBareResult(ReadOnlyMemory<byte> result) =>
        new("", "", "", "", "", default, [], [], result);
}
