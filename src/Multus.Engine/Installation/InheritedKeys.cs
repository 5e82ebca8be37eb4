using System.Text.Json;
using Multus.Cni;
using Multus.Core.Generation;
using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// What <c>install</c> has taken over from the configuration that upstream's Multus had generated on this node, kept
/// beside the records: the daemon's own configuration goes before it.
/// </summary>
public static class InheritedKeys
{
    public const string FileName = ".inherited.json";

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Undefined when nothing was taken over.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="JsonException">They are damaged. They may say who may use which network, so nothing goes on
    /// without them.</exception>
    public static JsonElement Read(string cniDir)
    {
        var path = Path.Combine(cniDir, FileName);
        return File.Exists(path) ? CniJson.Parse(RegularFile.Read(path)) : default;
    }

    /// <summary>Takes them over from a configuration that another Multus has generated.</summary>
    /// <param name="configuration">Its content.</param>
    /// <returns>The names of the keys; empty when there are none, or it is no such configuration.</returns>
    /// <exception cref="IOException">They cannot be kept.</exception>
    public static IReadOnlyList<string> TakeOver(ReadOnlyMemory<byte> configuration, string cniDir)
    {
        JsonElement root;
        try
        {
            root = CniJson.Parse(configuration);
        }
        catch (JsonException)
        {
            return []; // a broken one has nothing to say
        }

        var keys = root.ValueKind == JsonValueKind.Object ? Inheritance.Of(GeneratedFile.OwnPart(root)) : [];
        if (keys.IsEmpty)
            return [];

        var names = new List<string>();
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in keys)
            {
                names.Add(name);
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        DurableFile.CreateFolder(cniDir, Mode | UnixFileMode.UserExecute);
        DurableFile.Replace(Path.Combine(cniDir, FileName), json.ToArray(), Mode);
        return names;
    }
}
