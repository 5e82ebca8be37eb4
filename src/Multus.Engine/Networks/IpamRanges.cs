using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Engine.Networks;

/// <summary>
/// The ranges of which a host-local or whereabouts configuration gives addresses, and what is wrong with them. Both
/// plugins check them at ADD, when a pod waits.
/// </summary>
public static class IpamRanges
{
    public const string HostLocal = "host-local";
    public const string Whereabouts = "whereabouts";

    /// <summary>What is wrong with one key.</summary>
    /// <param name="Path">From the ipam object on: "ranges[0][0].subnet".</param>
    public sealed record Wrong(string Path, string Message, string Hint);

    public sealed record Outcome(ImmutableArray<AddressRange> Ranges, ImmutableArray<Wrong> Faults);

    /// <param name="ipam">The ipam object of the one or the other; of any other plugin nothing is known.</param>
    public static Outcome Of(JsonElement ipam)
    {
        var reader = new Reader();
        switch (Text(ipam, "type"))
        {
            case HostLocal:
                reader.ReadHostLocal(ipam);
                break;
            case Whereabouts:
                reader.ReadWhereabouts(ipam);
                break;
        }

        return reader.Done();
    }

    private static string? Text(JsonElement from, string key) =>
        CniJson.Find(from, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private sealed class Reader
    {
        private readonly ImmutableArray<AddressRange>.Builder _ranges = ImmutableArray.CreateBuilder<AddressRange>();
        private readonly ImmutableArray<Wrong>.Builder _faults = ImmutableArray.CreateBuilder<Wrong>();

        public Outcome Done() => new(_ranges.ToImmutable(), _faults.ToImmutable());

        public void ReadHostLocal(JsonElement ipam)
        {
            if (Text(ipam, "subnet") is not null)
                Add("", ipam, "subnet", "rangeStart", "rangeEnd");
            if (CniJson.Find(ipam, "ranges") is not { } sets)
                return;
            if (sets.ValueKind != JsonValueKind.Array)
            {
                Fault("ranges", "must be a list of lists of ranges", """[[{"subnet": "10.1.0.0/24"}]]""");
                return;
            }

            var s = 0;
            foreach (var set in sets.EnumerateArray())
            {
                var at = string.Create(CultureInfo.InvariantCulture, $"ranges[{s++}]");
                if (set.ValueKind != JsonValueKind.Array)
                {
                    Fault(at, "must be a list of ranges", """put brackets around it: [[{"subnet": …}]]""");
                    continue;
                }

                var r = 0;
                foreach (var range in set.EnumerateArray())
                    Add(
                        string.Create(CultureInfo.InvariantCulture, $"{at}[{r++}]."),
                        range,
                        "subnet",
                        "rangeStart",
                        "rangeEnd"
                    );
            }
        }

        public void ReadWhereabouts(JsonElement ipam)
        {
            if (Text(ipam, "range") is not null)
                Add("", ipam, "range", "range_start", "range_end");
            if (CniJson.Find(ipam, "ipRanges") is not { ValueKind: JsonValueKind.Array } several)
                return;
            var n = 0;
            foreach (var range in several.EnumerateArray())
                Add(
                    string.Create(CultureInfo.InvariantCulture, $"ipRanges[{n++}]."),
                    range,
                    "range",
                    "range_start",
                    "range_end"
                );
        }

        private void Add(string at, JsonElement range, string subnetKey, string startKey, string endKey)
        {
            if (range.ValueKind != JsonValueKind.Object)
            {
                Fault(at.TrimEnd('.'), "must be an object", $$"""{"{{subnetKey}}": "10.1.0.0/24"}""");
                return;
            }

            if (Subnet(at, subnetKey, Text(range, subnetKey)) is not { } subnet)
                return;
            var (isV6, first, last, from, to) = subnet;
            var start = Bound(at, range, startKey, isV6, first, last) ?? from ?? FirstOf(first, last);
            var end = Bound(at, range, endKey, isV6, first, last) ?? to ?? LastOf(isV6, first, last);
            var gateway = Bound(at, range, "gateway", isV6, first, last);
            if (start > end)
            {
                Fault(
                    at + endKey,
                    $"{AddressRange.AddressOf(end, isV6)} comes before {startKey} "
                        + $"{AddressRange.AddressOf(start, isV6)}",
                    "exchange them"
                );
                return;
            }

            // host-local gives the first address to the bridge unless another gateway is named.
            var added = new AddressRange(
                isV6,
                start,
                end,
                gateway ?? (subnetKey == "subnet" && first < last ? first + 1 : null)
            );
            foreach (var before in _ranges)
            {
                if (before.Overlaps(added))
                    Fault(at + subnetKey, $"{added} and {before} overlap", "give each range addresses of its own");
            }

            _ranges.Add(added);
        }

        private static UInt128 FirstOf(UInt128 first, UInt128 last) => first < last ? first + 1 : first;

        // The last of IPv4 is the broadcast.
        private static UInt128 LastOf(bool isV6, UInt128 first, UInt128 last) =>
            isV6 || first == last ? last : last - 1;

        private (bool IsV6, UInt128 First, UInt128 Last, UInt128? From, UInt128? To)? Subnet(
            string at,
            string key,
            string? text
        )
        {
            const string form = "10.1.0.0/24 and fd00:1::/64 are subnets";
            if (text is null)
            {
                Fault(at.Length == 0 ? key : at.TrimEnd('.'), $"{key} is missing", form);
                return null;
            }

            // whereabouts: 10.1.0.5-10.1.0.9/24
            var dash = key == "range" ? text.IndexOf('-', StringComparison.Ordinal) : -1;
            var from = dash < 0 ? null : AddressRange.ParseAddress(text[..dash].Trim());
            var cidr = AddressRange.ParseCidr(dash < 0 ? text : text[(dash + 1)..].Trim());
            if (cidr is not var (address, length) || (dash >= 0 && from is null))
            {
                Fault(at + key, $"\"{text}\" is no subnet", form);
                return null;
            }

            var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            var bits = isV6 ? 128 : 32;
            var host = length == bits ? UInt128.Zero : UInt128.MaxValue >> (128 - bits + length);
            var number = AddressRange.NumberOf(address);
            var first = number & ~host;
            if (key == "subnet" && first != number)
            {
                Fault(
                    at + key,
                    $"{text} has bits behind its prefix",
                    $"{AddressRange.AddressOf(first, isV6)}/{length} is the subnet"
                );
                return null;
            }

            if (key == "subnet" && bits - length < 2)
            {
                Fault(at + key, $"{text} has no address to give out", "a subnet needs at least four addresses");
                return null;
            }

            return (
                isV6,
                first,
                first | host,
                from is null ? null : AddressRange.NumberOf(from),
                dash < 0 ? null : number
            );
        }

        private UInt128? Bound(string at, JsonElement range, string key, bool isV6, UInt128 first, UInt128 last)
        {
            if (Text(range, key) is not { Length: > 0 } text)
                return null;
            if (AddressRange.ParseAddress(text) is not { } address)
            {
                Fault(at + key, $"\"{text}\" is no address", "");
                return null;
            }

            var number = AddressRange.NumberOf(address);
            if ((address.AddressFamily == AddressFamily.InterNetworkV6) == isV6 && number >= first && number <= last)
                return number;
            Fault(
                at + key,
                $"{text} is not in the subnet",
                $"its addresses go from {AddressRange.AddressOf(first, isV6)} to {AddressRange.AddressOf(last, isV6)}"
            );
            return null;
        }

        private void Fault(string path, string message, string hint) => _faults.Add(new Wrong(path, message, hint));
    }
}
