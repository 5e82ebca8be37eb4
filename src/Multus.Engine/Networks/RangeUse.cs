using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Engine.Networks;

/// <summary>How many addresses of a range are given out.</summary>
/// <param name="Range">"10.1.0.2-10.1.0.254".</param>
/// <param name="Total">How many it has.</param>
/// <param name="Used">How many of them are given out.</param>
public sealed record RangeUse(string Range, UInt128 Total, UInt128 Used)
{
    public UInt128 Left => Used >= Total ? 0 : Total - Used;

    /// <summary>The ranges of which host-local gives addresses to this network; of other plugins this node alone does
    /// not know.</summary>
    /// <param name="network">The configuration.</param>
    /// <param name="seen">A path of the plugins as this process has it.</param>
    /// <exception cref="IOException">host-local's files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static ImmutableArray<RangeUse> OfHostLocal(NetworkConfiguration network, Func<string, string> seen)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(seen);
        var uses = ImmutableArray.CreateBuilder<RangeUse>();
        foreach (var plugin in network.Plugins)
        {
            if (
                plugin.IpamType != IpamRanges.HostLocal
                || CniJson.Find(CniJson.Parse(plugin.Bytes), "ipam") is not { ValueKind: JsonValueKind.Object } ipam
            )
                continue;
            var ranges = IpamRanges.Of(ipam).Ranges;
            var leases = HostLocalStore.Of(seen(FolderOf(ipam)), network.Name).ToList();
            foreach (var range in ranges)
                uses.Add(Of(range, leases));
        }

        return uses.ToImmutable();
    }

    /// <param name="range">A range.</param>
    /// <param name="leases">What host-local has given out of the network.</param>
    public static RangeUse Of(AddressRange range, IReadOnlyCollection<HostLocalLease> leases) =>
        new(
            range.ToString(),
            range.Count,
            (UInt128)
                leases.Count(lease =>
                    range.Contains(lease.Address) && AddressRange.NumberOf(lease.Address) != range.Gateway
                )
        );

    private static string FolderOf(JsonElement ipam) =>
        CniJson.Find(ipam, "dataDir") is { ValueKind: JsonValueKind.String } named
        && named.GetString() is { Length: > 0 } dir
            ? dir
            : HostLocalStore.DefaultFolder;
}
