using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Results;

/// <summary>
/// Reads the three schemas of cni-runtime.md §8.2. Wrong shapes are JsonExceptions that name the place.
/// </summary>
internal static class ResultReader
{
    private delegate T ItemReader<T>(JsonElement item, string at);

    public static CniResult Read(JsonElement root, CniVersion fallback)
    {
        if (root.ValueKind == JsonValueKind.Null)
            return CniResult.Empty(RequireSupported(fallback, fallback.ToString()));

        JsonShape.RequireObject(root, "the result");
        var version = VersionOf(root, fallback);
        return version.Family() == ResultFamily.A ? ReadFlat(root, version) : ReadLists(root, version);
    }

    /// <summary>The key counts only in its exact case, and only if it holds text (§8.1).</summary>
    private static CniVersion VersionOf(JsonElement root, CniVersion fallback)
    {
        var isSaid =
            root.TryGetProperty("cniVersion", out var value)
            && value.ValueKind == JsonValueKind.String
            && !value.ValueEquals("");
        var text = isSaid ? value.GetString()! : fallback.ToString();
        return RequireSupported(CniVersion.TryParse(text, out var version) ? version : default, text);
    }

    private static CniVersion RequireSupported(CniVersion version, string text) =>
        version.IsSupported && version.ToString() == text
            ? version
            : throw new CniException(CniErrorCode.Decode, $"unsupported CNI result version {LogText.Text(text)}");

    private static CniResult ReadFlat(JsonElement root, CniVersion version)
    {
        var ips = ImmutableArray.CreateBuilder<CniIp>(2);
        var routes = ImmutableArray.CreateBuilder<CniRoute>();
        ReadFlatIp(root, "ip4", AddressText.V4, ips, routes);
        ReadFlatIp(root, "ip6", AddressText.V6, ips, routes);
        return new CniResult(version, [], ips.DrainToImmutable(), routes.DrainToImmutable(), ReadDns(root));
    }

    private static void ReadFlatIp(
        JsonElement root,
        string name,
        string family,
        ImmutableArray<CniIp>.Builder ips,
        ImmutableArray<CniRoute>.Builder routes
    )
    {
        if (!JsonShape.TryObject(root, name, "", out var ip))
            return;

        var at = name + ".";
        ips.Add(new CniIp(Cidr(ip, "ip", at), Ip(ip, "gateway", at), Family: family));
        routes.AddRange(Items(ip, "routes", at, ReadRoute));
    }

    private static CniResult ReadLists(JsonElement root, CniVersion version)
    {
        var isLatest = version.Family() == ResultFamily.C;
        return new CniResult(
            version,
            Items<CniInterface>(root, "interfaces", "", isLatest ? ReadInterface : ReadPlainInterface),
            Items<CniIp>(root, "ips", "", isLatest ? ReadIp : ReadIpWithFamily),
            Items(root, "routes", "", ReadRoute),
            ReadDns(root)
        );
    }

    private static ImmutableArray<T> Items<T>(JsonElement o, string name, string at, ItemReader<T> read)
        where T : class
    {
        if (!JsonShape.TryArray(o, name, at, out var array))
            return [];

        var items = ImmutableArray.CreateBuilder<T>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            var place = $"{at}{name}[{items.Count}]";
            JsonShape.RequireObject(item, place);
            items.Add(read(item, place + "."));
        }

        return items.MoveToImmutable();
    }

    private static CniInterface ReadPlainInterface(JsonElement item, string at) =>
        new(
            JsonShape.Text(item, "name", at) ?? "",
            Filled(JsonShape.Text(item, "mac", at)),
            Filled(JsonShape.Text(item, "sandbox", at))
        );

    private static CniInterface ReadInterface(JsonElement item, string at) =>
        ReadPlainInterface(item, at) with
        {
            Mtu = JsonShape.Int32(item, "mtu", at),
            SocketPath = Filled(JsonShape.Text(item, "socketPath", at)),
            PciId = Filled(JsonShape.Text(item, "pciID", at)),
        };

    private static CniIp ReadIp(JsonElement item, string at) =>
        new(Cidr(item, "address", at), Ip(item, "gateway", at), JsonShape.NullableInt32(item, "interface", at));

    private static CniIp ReadIpWithFamily(JsonElement item, string at) =>
        ReadIp(item, at) with
        {
            Family = Filled(JsonShape.Text(item, "version", at)),
        };

    private static CniRoute ReadRoute(JsonElement item, string at) =>
        new(
            Cidr(item, "dst", at),
            Ip(item, "gw", at),
            JsonShape.Int32(item, "mtu", at),
            JsonShape.Int32(item, "advmss", at),
            JsonShape.NullableInt64(item, "priority", at) ?? 0,
            JsonShape.NullableInt64(item, "table", at),
            JsonShape.NullableInt32(item, "scope", at)
        );

    private static CniDns ReadDns(JsonElement root) =>
        JsonShape.TryObject(root, "dns", "", out var dns)
            ? new CniDns(
                JsonShape.Texts(dns, "nameservers", "dns."),
                Filled(JsonShape.Text(dns, "domain", "dns.")),
                JsonShape.Texts(dns, "search", "dns."),
                JsonShape.Texts(dns, "options", "dns.")
            )
            : CniDns.None;

    private static string Cidr(JsonElement o, string name, string at)
    {
        var text = JsonShape.Text(o, name, at);
        return AddressText.IsCidr(text)
            ? text!
            : throw new JsonException(
                $"{at}{name} must be an address with a prefix length, found "
                    + $"{(text is null ? "nothing" : LogText.Text(text))}"
            );
    }

    private static string? Ip(JsonElement o, string name, string at)
    {
        var text = Filled(JsonShape.Text(o, name, at));
        return text is null || AddressText.IsIp(text)
            ? text
            : throw new JsonException($"{at}{name} must be an IP address, found {LogText.Text(text)}");
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
