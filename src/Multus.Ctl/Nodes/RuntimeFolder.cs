using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Engine.Attach;

namespace Multus.Ctl.Nodes;

/// <summary>What the container runtime tells Multus: its configuration among those of the runtime's folder.</summary>
internal static class RuntimeFolder
{
    private static readonly string[] Selves = ["multus", "multus-shim"];

    /// <summary>The first that is Multus' own; null when there is none, or none that can be read.</summary>
    public static ReadOnlyMemory<byte>? OwnIn(string folder)
    {
        foreach (var file in ConfigurationReader.ReadFolder(folder).Files)
        {
            if (file.Network is not { } network || !ConfigurationFiles.RunsMultus(network))
                continue;
            try
            {
                return OwnOf(File.ReadAllBytes(file.Path)).Own;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return null; // it has changed since
            }
        }

        return null;
    }

    /// <summary>The object of a file that Multus gets, and the path of its members in the file.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static (ReadOnlyMemory<byte> Own, string Prefix) OwnOf(ReadOnlyMemory<byte> json)
    {
        var root = CniJson.Parse(json);
        if (CniJson.Find(root, "plugins") is not { ValueKind: JsonValueKind.Array } list)
            return (json, "");
        var n = 0;
        foreach (var plugin in list.EnumerateArray())
        {
            if (
                CniJson.Find(plugin, "type") is { ValueKind: JsonValueKind.String } type
                && Selves.Contains(type.GetString(), StringComparer.Ordinal)
            )
                return (Encoding.UTF8.GetBytes(plugin.GetRawText()), $"plugins[{n}].");
            n++;
        }

        return (json, "");
    }
}
