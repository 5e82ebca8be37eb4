using System.Text.Json;
using Multus.Cni;
using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>The runtime's configuration as an earlier daemon has generated it.</summary>
/// <param name="Content">The file.</param>
/// <param name="ClusterNetwork">The path that it names.</param>
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
            return
                RuntimeConfigCheck.Problem(content) is null
                && CniJson.TryGetIgnoringCase(CniJson.Parse(content), "clusterNetwork", out var network)
                && network.ValueKind == JsonValueKind.String
                && network.GetString() is var path
                && Path.GetDirectoryName(path) == settings.NetworkFolder.TrimEnd('/')
                && (settings.MasterFile.Length == 0 || Path.GetFileName(path) == settings.MasterFile)
                ? new GeneratedFile(content, path!)
                : null;
        }
        catch (IOException)
        {
            return null; // it is made anew, or what is in the way is said then
        }
    }
}
