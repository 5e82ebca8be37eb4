using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Runtime;

/// <summary>
/// One entry of the list that comes with GC: an attachment whose resources are in use (cni-runtime.md §6, §12). As
/// written, unchecked: it is compared, never a path.
/// </summary>
/// <param name="ContainerId"><c>containerID</c>, never empty.</param>
/// <param name="IfName"><c>ifname</c>, never empty.</param>
public sealed record ValidAttachment(string ContainerId, string IfName)
{
    /// <summary>The key of the specification, and the one that its library writes beside it.</summary>
    private static readonly string[] Keys = ["cni.dev/valid-attachments", "cni.dev/attachments"];

    /// <summary>
    /// The list in a configuration, all of both keys, for what one of them calls valid must be kept. Null when neither
    /// is there: then nothing is known to be stale, which is not the same as an empty list.
    /// </summary>
    /// <exception cref="CniException">Code 6: no JSON object. Code 7: a list that is none, or an entry that names no
    /// attachment.</exception>
    public static ImmutableArray<ValidAttachment>? ReadList(ReadOnlyMemory<byte> configuration)
    {
        try
        {
            var root = CniJson.Parse(configuration);
            JsonShape.RequireObject(root, "the configuration");
            ImmutableArray<ValidAttachment>? found = null;
            foreach (var key in Keys)
            {
                if (JsonShape.TryArray(root, key, "", out var array))
                    found = [.. found ?? [], .. ReadEntries(array, key)];
            }

            return found?.Distinct().ToImmutableArray();
        }
        catch (JsonException e)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.Decode,
                    $"the list of valid attachments cannot be read: {LogText.OneLine(e.Message)}"
                ),
                e
            );
        }
    }

    /// <summary>Sets both keys to the list, in its order.</summary>
    internal static void WriteList(JsonDraft draft, ImmutableArray<ValidAttachment> list)
    {
        foreach (var key in Keys)
            draft.Set(key, writer => Write(writer, list));
    }

    private static void Write(Utf8JsonWriter writer, ImmutableArray<ValidAttachment> list)
    {
        writer.WriteStartArray();
        foreach (var attachment in list)
        {
            writer.WriteStartObject();
            writer.WriteString("containerID", attachment.ContainerId);
            writer.WriteString("ifname", attachment.IfName);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<ValidAttachment> ReadEntries(JsonElement array, string key)
    {
        var index = 0;
        foreach (var entry in array.EnumerateArray())
        {
            var at = $"{key}[{index++}]";
            JsonShape.RequireObject(entry, at);
            var attachment = new ValidAttachment(
                JsonShape.Text(entry, "containerID", at + ".") ?? "",
                JsonShape.Text(entry, "ifname", at + ".") ?? ""
            );
            yield return attachment is { ContainerId.Length: > 0, IfName.Length: > 0 }
                ? attachment
                : throw new CniException(
                    CniErrorCode.InvalidNetworkConfig,
                    $"{at} must name an attachment: containerID and ifname, neither empty"
                );
        }
    }
}
