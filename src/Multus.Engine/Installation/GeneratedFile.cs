using System.Text.Json;
using Multus.Cni;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Engine.Installation;

/// <summary>The runtime's configuration as an earlier daemon has generated it.</summary>
/// <param name="Content">The file.</param>
/// <param name="ClusterNetwork">The path that it names; empty: the network is written into it.</param>
internal sealed record GeneratedFile(ReadOnlyMemory<byte> Content, string ClusterNetwork)
{
    /// <summary>
    /// Null: there is none, it is broken, or its cluster network is not one that the settings let be.
    /// </summary>
    public static GeneratedFile? Read(RuntimeConfigSettings settings)
    {
        try
        {
            if (!File.Exists(settings.Path))
                return null;
            ReadOnlyMemory<byte> content = RegularFile.Read(settings.Path);
            if (RuntimeConfigCheck.Problem(content) is not null)
                return null;
            var root = CniJson.Parse(content);
            if (settings.Template is { EmbedsNetwork: true } template)
                return Text(root, "type") == template.Type && Has(root, "delegates")
                    ? new GeneratedFile(content, "")
                    : null;

            var path = Text(root, "clusterNetwork");
            return
                Path.GetDirectoryName(path) == settings.NetworkFolder.TrimEnd('/')
                && (settings.MasterFile.Length == 0 || Path.GetFileName(path) == settings.MasterFile)
                ? new GeneratedFile(content, path)
                : null;
        }
        catch (IOException)
        {
            return null; // it is made anew, or what is in the way is said then
        }
    }

    /// <summary>Whether a file is there that has the runtime call Multus.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsOfMultus(string path)
    {
        if (!File.Exists(path))
            return false;
        var content = RegularFile.Read(path);
        if (RuntimeConfigCheck.Problem(content) is not null)
            return false;
        var root = CniJson.Parse(content);
        return Text(OwnPart(root), "type") is "multus" or WirePaths.ShimType;
    }

    /// <summary>What Multus itself reads of a configuration: that of its plugin, where it is a list.</summary>
    public static JsonElement OwnPart(JsonElement root) =>
        CniJson.TryGetIgnoringCase(root, "plugins", out var plugins)
        && plugins.ValueKind == JsonValueKind.Array
        && plugins.GetArrayLength() > 0
            ? plugins[0]
            : root;

    private static bool Has(JsonElement root, string key) => CniJson.TryGetIgnoringCase(root, key, out _);

    private static string Text(JsonElement root, string key) =>
        CniJson.TryGetIgnoringCase(root, key, out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : "";
}
