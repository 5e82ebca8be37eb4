using System.Collections.Immutable;
using System.Text.Json;
using Multus.Engine.Networks;

namespace Multus.Host.Page;

/// <summary>The networks of the node as the page gets them.</summary>
internal static class NetworksJson
{
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
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
