using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Devices;

/// <summary>
/// The content of a device-info file as network-status shows it: upstream's keys in upstream's order, others left out
/// (attach.md §9.4).
/// </summary>
public static class DeviceInformation
{
    private static readonly (string Name, string[] Keys)[] Groups =
    [
        ("pci", ["pci-address", "vhost-net", "rdma-device", "pf-pci-address", "representor-device"]),
        ("vdpa", ["parent-device", "driver", "path", "pci-address", "pf-pci-address", "representor-device"]),
        ("vhost-user", ["mode", "path"]),
        ("memif", ["role", "path", "mode"]),
    ];

    /// <summary>False when it is no JSON object, or one of the keys has a wrong type.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> content, out JsonElement information)
    {
        information = default;
        try
        {
            var root = CniJson.Parse(content);
            if (root.ValueKind != JsonValueKind.Object)
                return false;
            information = CniJson.Parse(CniJson.Write(writer => Write(writer, root)));
            return true;
        }
        catch (JsonException)
        {
            return false; // also for a wrong type, see Copy
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement root)
    {
        writer.WriteStartObject();
        Copy(writer, root, "type");
        Copy(writer, root, "version");
        foreach (var (name, keys) in Groups)
        {
            if (CniJson.Find(root, name) is not { } group)
                continue;
            if (group.ValueKind != JsonValueKind.Object)
                throw new JsonException($"'{name}' is no object");
            writer.WriteStartObject(name);
            foreach (var key in keys)
                Copy(writer, group, key);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement from, string key)
    {
        if (CniJson.Find(from, key) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.String)
            throw new JsonException($"'{key}' is no text");
        if (!value.ValueEquals(""))
            writer.WriteString(key, value.GetString());
    }
}
