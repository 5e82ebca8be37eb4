using System.Collections.Immutable;
using System.Text.Json;
using Multus.Engine.Networks;

namespace Multus.Host.Page;

/// <summary>The networks of the node as the page gets them.</summary>
internal static class NetworksJson
{
    private const long Countless = 1L << 53; // beyond it a browser's numbers are not exact

    public static void Write(Utf8JsonWriter json, ImmutableArray<NetworkUse> networks)
    {
        json.WriteStartObject();
        json.WriteStartArray("networks");
        foreach (var network in networks)
        {
            json.WriteStartObject();
            json.WriteString("network", network.Network);
            json.WriteString("types", network.Configuration.Types);
            json.WriteStartArray("users");
            foreach (var user in network.Users)
            {
                json.WriteStartObject();
                json.WriteString("sandbox", user.Sandbox);
                json.WriteString("pod", user.Pod);
                json.WriteString("ifName", user.IfName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteRanges(json, network.Ranges);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRanges(Utf8JsonWriter json, ImmutableArray<RangeUse> ranges)
    {
        json.WriteStartArray("ranges");
        foreach (var range in ranges)
        {
            json.WriteStartObject();
            json.WriteString("range", range.Range);
            json.WriteNumber("size", range.Total < Countless ? (long)range.Total : Countless);
            json.WriteNumber("used", range.Used < Countless ? (long)range.Used : Countless);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
