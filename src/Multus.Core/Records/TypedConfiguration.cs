using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Core.Records;

/// <summary>
/// Configurations as upstream's typed view writes them: only the modelled keys, sorted, <c>ipam</c> always there
/// (cni-runtime.md §1).
/// </summary>
internal static class TypedConfiguration
{
    private static readonly string[] DnsKeys = ["nameservers", "domain", "search", "options"];

    public static void WriteConf(Utf8JsonWriter writer, JsonElement conf)
    {
        writer.WriteStartObject();
        WriteSortedIfAny(writer, conf, "capabilities");
        WriteSortedIfAny(writer, conf, "cni.dev/valid-attachments");
        WriteTextIfAny(writer, conf, "cniVersion");
        WriteDns(writer, conf);
        WriteIpam(writer, conf);
        WriteTextIfAny(writer, conf, "name");
        WriteSortedIfAny(writer, conf, "prevResult");
        WriteTextIfAny(writer, conf, "type");
        writer.WriteEndObject();
    }

    /// <summary>An empty object for a configuration that is no list.</summary>
    public static void WriteList(Utf8JsonWriter writer, NetworkConfiguration configuration)
    {
        writer.WriteStartObject();
        if (configuration.IsList)
            WriteListMembers(writer, configuration);
        writer.WriteEndObject();
    }

    private static void WriteListMembers(Utf8JsonWriter writer, NetworkConfiguration list)
    {
        if (list.CniVersionText.Length > 0)
            writer.WriteString("cniVersion", list.CniVersionText);
        if (list.Name.Length > 0)
            writer.WriteString("name", list.Name);
        if (list.DisableCheck)
            writer.WriteBoolean("disableCheck", true);
        if (list.DisableGc)
            writer.WriteBoolean("disableGC", true);
        writer.WriteStartArray("plugins");
        foreach (var plugin in list.Plugins)
            WriteConf(writer, CniJson.Parse(plugin.Bytes));
        writer.WriteEndArray();
    }

    private static void WriteIpam(Utf8JsonWriter writer, JsonElement conf)
    {
        writer.WriteStartObject("ipam");
        if (TryFind(conf, "ipam", out var ipam) && ipam.ValueKind == JsonValueKind.Object)
            WriteTextIfAny(writer, ipam, "type");
        writer.WriteEndObject();
    }

    private static void WriteDns(Utf8JsonWriter writer, JsonElement conf)
    {
        if (
            !TryFind(conf, "dns", out var dns)
            || dns.ValueKind != JsonValueKind.Object
            || !DnsKeys.Any(key => TryFind(dns, key, out _))
        )
            return;
        writer.WriteStartObject("dns");
        foreach (var key in DnsKeys)
            WriteSortedIfAny(writer, dns, key);
        writer.WriteEndObject();
    }

    private static void WriteTextIfAny(Utf8JsonWriter writer, JsonElement o, string name)
    {
        if (TryFind(o, name, out var value) && value.ValueKind == JsonValueKind.String)
            writer.WriteString(name, value.GetString());
    }

    private static void WriteSortedIfAny(Utf8JsonWriter writer, JsonElement o, string name)
    {
        if (!TryFind(o, name, out var value))
            return;
        writer.WritePropertyName(name);
        CniJson.WriteSorted(writer, value);
    }

    /// <summary>A member that is neither missing, null nor empty.</summary>
    private static bool TryFind(JsonElement o, string name, out JsonElement value) =>
        CniJson.TryGetIgnoringCase(o, name, out value)
        && value.ValueKind switch
        {
            JsonValueKind.Null => false,
            JsonValueKind.String => !value.ValueEquals(""),
            JsonValueKind.Array => value.GetArrayLength() > 0,
            JsonValueKind.Object => value.GetPropertyCount() > 0,
            _ => true,
        };
}
