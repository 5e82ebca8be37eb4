using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Multus.Cni;
using Multus.Wire;

namespace Multus.Host.PendingDeletes;

/// <summary>
/// The file of a DEL that was given up: the stored request under its name and <see cref="Suffix"/>, with a member more,
/// which readers of requests pass over: <c>givenUp</c> {since, left: [what may have stayed behind…]}. Named as before
/// it is a stored DEL again.
/// </summary>
internal static class GivenUpDelete
{
    public const string Suffix = ".given-up";
    private const string Member = "givenUp";

    public static string NameOf(string stored) => stored + Suffix;

    public static bool Is(string fileName) =>
        fileName.EndsWith(Suffix, StringComparison.Ordinal) && PendingDelete.IsPendingFile(StoredNameOf(fileName));

    public static string StoredNameOf(string fileName) => fileName[..^Suffix.Length];

    /// <summary>
    /// The content; that of a request which cannot be read is kept as it is, for its name says enough.
    /// </summary>
    public static byte[] Write(byte[] request, ImmutableArray<string> left, DateTimeOffset since)
    {
        JsonElement root;
        try
        {
            root = CniJson.Parse(request);
        }
        catch (JsonException)
        {
            return request;
        }

        return root.ValueKind != JsonValueKind.Object
            ? request
            : CniJson.Write(writer =>
            {
                writer.WriteStartObject();
                foreach (var member in root.EnumerateObject())
                {
                    if (member.Name != Member)
                        member.WriteTo(writer);
                }

                writer.WriteStartObject(Member);
                writer.WriteString("since", since.ToString("o", CultureInfo.InvariantCulture));
                writer.WriteStartArray("left");
                foreach (var words in left)
                    writer.WriteStringValue(words);
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteEndObject();
            });
    }

    /// <summary>What may have stayed behind; nothing where the file does not say.</summary>
    public static ImmutableArray<string> LeftIn(ReadOnlyMemory<byte> content)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        try
        {
            if (
                CniJson.Parse(content) is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty(Member, out var member)
                && member.ValueKind == JsonValueKind.Object
                && member.TryGetProperty("left", out var left)
                && left.ValueKind == JsonValueKind.Array
            )
            {
                foreach (var item in left.EnumerateArray())
                    words.Add(item.ToString());
            }
        }
        catch (JsonException)
        {
            return []; // its name says what it is about
        }

        return words.DrainToImmutable();
    }
}
