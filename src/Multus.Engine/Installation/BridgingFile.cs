using System.Text.Json;
using Multus.Cni;
using Multus.Core.Generation;
using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// A second configuration of the container runtime, <c>00-multus.conflist</c>, that says the same as the first. Upstream's
/// daemon takes <c>00-multus.conf</c> away as late as it ends; until ours is there, the runtime then takes this one, and
/// pods wait for their daemon instead of starting with the cluster network alone.
/// </summary>
public static class BridgingFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where it is in a folder: behind the first in the order of names, and before all others.</summary>
    public static string PathIn(string folder) =>
        Path.Combine(folder, Path.ChangeExtension(RuntimeConfigTemplate.FileName, ".conflist"));

    /// <summary>Writes it.</summary>
    /// <param name="folder">Where the runtime looks.</param>
    /// <returns>Its path; null: there is no configuration of Multus that it could repeat, or a list already.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public static string? Write(string folder)
    {
        var (first, path) = (Path.Combine(folder, RuntimeConfigTemplate.FileName), PathIn(folder));
        if (File.Exists(path) || !GeneratedFile.IsOfMultus(first))
            return null;

        var root = CniJson.Parse(RegularFile.Read(first));
        if (CniJson.TryGetIgnoringCase(root, "plugins", out _))
            return null;
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var key in new[] { "cniVersion", "name" })
            {
                if (CniJson.TryGetIgnoringCase(root, key, out var value))
                {
                    writer.WritePropertyName(key);
                    value.WriteTo(writer);
                }
            }

            writer.WriteStartArray("plugins");
            root.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        DurableFile.Replace(path, json.ToArray(), Mode);
        return path;
    }

    /// <summary>Removes it, and what an earlier Multus has generated at its path; what is another's stays.</summary>
    /// <returns>Its path; null: there was none.</returns>
    /// <exception cref="IOException">It is still there.</exception>
    public static string? Remove(string folder)
    {
        var path = PathIn(folder);
        if (!GeneratedFile.IsOfMultus(path))
            return null;
        DurableFile.Delete(path);
        return path;
    }
}
