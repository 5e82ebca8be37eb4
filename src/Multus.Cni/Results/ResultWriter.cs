using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Results;

/// <summary>
/// Writes the three schemas of cni-runtime.md §8.2, member by member in upstream's order: A and B as their types are
/// declared and always with <c>dns</c>; C sorted by name at every level.
/// </summary>
internal static class ResultWriter
{
    public static void Write(Utf8JsonWriter w, CniResult result)
    {
        w.WriteStartObject();
        w.WriteString("cniVersion", result.Version.ToString());
        switch (result.Version.Family())
        {
            case ResultFamily.A:
                WriteFlatIp(w, "ip4", result, AddressText.V4);
                WriteFlatIp(w, "ip6", result, AddressText.V6);
                WriteDns(w, result.Dns);
                break;
            case ResultFamily.B:
                WriteItems(w, "interfaces", result.Interfaces, WritePlainInterface);
                WriteItems(w, "ips", result.Ips, WriteIpWithFamily);
                WriteItems(w, "routes", result.Routes, WriteRoute);
                WriteDns(w, result.Dns);
                break;
            default:
                WriteSortedDns(w, result.Dns);
                WriteItems(w, "interfaces", result.Interfaces, WriteSortedInterface);
                WriteItems(w, "ips", result.Ips, WriteSortedIp);
                WriteItems(w, "routes", result.Routes, WriteSortedRoute);
                break;
        }

        w.WriteEndObject();
    }

    private static void WriteFlatIp(Utf8JsonWriter w, string name, CniResult result, string family)
    {
        if (ResultConversion.FirstOf(result.Ips, family, isComputed: true) is not { } ip)
            return;

        w.WriteStartObject(name);
        w.WriteString("ip", ip.Address);
        WriteText(w, "gateway", ip.Gateway);
        var routes = ImmutableArray.CreateBuilder<CniRoute>();
        foreach (var route in result.Routes)
        {
            if (AddressText.FamilyOf(route.Dst) == family)
                routes.Add(route);
        }

        WriteItems(w, "routes", routes.DrainToImmutable(), WriteRoute);
        w.WriteEndObject();
    }

    private static void WriteItems<T>(
        Utf8JsonWriter w,
        string name,
        ImmutableArray<T> items,
        Action<Utf8JsonWriter, T> write
    )
        where T : class
    {
        if (items.IsDefaultOrEmpty)
            return;

        w.WriteStartArray(name);
        foreach (var item in items)
        {
            w.WriteStartObject();
            write(w, item);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void WritePlainInterface(Utf8JsonWriter w, CniInterface item)
    {
        w.WriteString("name", item.Name);
        WriteText(w, "mac", item.Mac);
        WriteText(w, "sandbox", item.Sandbox);
    }

    private static void WriteSortedInterface(Utf8JsonWriter w, CniInterface item)
    {
        WriteText(w, "mac", item.Mac);
        WriteNumber(w, "mtu", item.Mtu);
        w.WriteString("name", item.Name);
        WriteText(w, "pciID", item.PciId);
        WriteText(w, "sandbox", item.Sandbox);
        WriteText(w, "socketPath", item.SocketPath);
    }

    /// <summary>A plugin that forgot the IP version is put right: runtimes of that time need it.</summary>
    private static void WriteIpWithFamily(Utf8JsonWriter w, CniIp item)
    {
        w.WriteString("version", item.Family ?? AddressText.FamilyOf(item.Address));
        if (item.Interface is { } index)
            w.WriteNumber("interface", index);
        w.WriteString("address", item.Address);
        WriteText(w, "gateway", item.Gateway);
    }

    private static void WriteSortedIp(Utf8JsonWriter w, CniIp item)
    {
        w.WriteString("address", item.Address);
        WriteText(w, "gateway", item.Gateway);
        if (item.Interface is { } index)
            w.WriteNumber("interface", index);
    }

    private static void WriteRoute(Utf8JsonWriter w, CniRoute item)
    {
        w.WriteString("dst", item.Dst);
        WriteText(w, "gw", item.Gw);
        WriteNumber(w, "mtu", item.Mtu);
        WriteNumber(w, "advmss", item.AdvMss);
        WriteNumber(w, "priority", item.Priority);
        WriteNullable(w, "table", item.Table);
        WriteNullable(w, "scope", item.Scope);
    }

    private static void WriteSortedRoute(Utf8JsonWriter w, CniRoute item)
    {
        WriteNumber(w, "advmss", item.AdvMss);
        w.WriteString("dst", item.Dst);
        WriteText(w, "gw", item.Gw);
        WriteNumber(w, "mtu", item.Mtu);
        WriteNumber(w, "priority", item.Priority);
        WriteNullable(w, "scope", item.Scope);
        WriteNullable(w, "table", item.Table);
    }

    private static void WriteDns(Utf8JsonWriter w, CniDns dns)
    {
        w.WritePropertyName("dns");
        dns.WriteTo(w);
    }

    private static void WriteSortedDns(Utf8JsonWriter w, CniDns dns)
    {
        if (dns.IsEmpty)
            return;

        w.WritePropertyName("dns");
        dns.WriteSortedTo(w);
    }

    private static void WriteText(Utf8JsonWriter w, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            w.WriteString(name, value);
    }

    private static void WriteNumber(Utf8JsonWriter w, string name, long value)
    {
        if (value != 0)
            w.WriteNumber(name, value);
    }

    private static void WriteNullable(Utf8JsonWriter w, string name, long? value)
    {
        if (value is { } number)
            w.WriteNumber(name, number);
    }
}
