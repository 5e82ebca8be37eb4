using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Multus.Cni;
using Multus.Engine.Networks;
using Multus.Kubernetes.Api.Surveys;

namespace Multus.Ctl.Networks;

/// <summary>The IPPools of whereabouts as addresses.</summary>
internal static class WhereaboutsPools
{
    /// <summary>The address of an allocation; null when pool or allocation cannot be read.</summary>
    public static IPAddress? AddressOf(AddressPool pool, PoolAllocation allocation)
    {
        if (
            AddressRange.ParseCidr(pool.Range) is not var (first, length)
            || !UInt128.TryParse(allocation.Offset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        )
            return null;
        var isV6 = first.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var bits = isV6 ? 128 : 32;
        var host = length == bits ? UInt128.Zero : UInt128.MaxValue >> (128 - bits + length);
        return offset > host ? null : AddressRange.AddressOf((AddressRange.NumberOf(first) & ~host) + offset, isV6);
    }

    /// <summary>How many addresses of the range are given out.</summary>
    /// <param name="networkName">The configuration's network_name, of which pools may be kept apart; or empty.</param>
    public static UInt128 UsedOf(AddressRange range, string networkName, ImmutableArray<AddressPool> pools)
    {
        var used = new HashSet<IPAddress>();
        foreach (var pool in pools)
        {
            var isOfNamed = pool.Name.StartsWith($"{networkName}-", StringComparison.Ordinal);
            if (networkName.Length > 0 && !isOfNamed)
                continue;
            foreach (var allocation in pool.Allocations)
            {
                if (AddressOf(pool, allocation) is { } address && range.Contains(address))
                    used.Add(address);
            }
        }

        return (UInt128)used.Count;
    }

    /// <summary>How many addresses of the range its configuration excludes.</summary>
    public static UInt128 ExcludedFrom(AddressRange range, JsonElement ipam)
    {
        UInt128 excluded = 0;
        if (CniJson.Find(ipam, "exclude") is not { ValueKind: JsonValueKind.Array } list)
            return excluded;
        foreach (var item in list.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            var isBlock = text.Contains('/', StringComparison.Ordinal);
            var bits = range.IsV6 ? 128 : 32;
            if (AddressRange.ParseCidr(isBlock ? text : $"{text}/{bits}") is not var (address, length))
                continue;
            var host = length == bits ? UInt128.Zero : UInt128.MaxValue >> (128 - bits + length);
            var first = UInt128.Max(AddressRange.NumberOf(address) & ~host, range.First);
            var last = UInt128.Min(AddressRange.NumberOf(address) | host, range.Last);
            if (first <= last)
                excluded += last - first + 1;
        }

        return excluded;
    }
}
