using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;

namespace Multus.Core.Records;

/// <summary>The shapes of which a record is made, written and read.</summary>
internal static class RecordFields
{
    public static JsonMembers Members(JsonElement value, string owner) => new(value, owner, CniErrorCode.Decode);

    public static string Required(JsonMembers members, string name) =>
        members.Text(name) ?? throw members.Invalid($"'{name}' is missing or empty");

    /// <summary>The text as written, empty text included; <c>null</c> when the member is absent.</summary>
    public static string? TextOrNull(JsonMembers members, string name) =>
        members.Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { } other => throw members.WrongType(name, other, "a string"),
        };

    public static ulong? NumberOrNull(JsonMembers members, string name) =>
        members.Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } number when number.TryGetUInt64(out var value) => value,
            { } other => throw members.WrongType(name, other, "a whole number"),
        };

    public static int? CountOrNull(JsonMembers members, string name) =>
        NumberOrNull(members, name) switch
        {
            null => null,
            <= int.MaxValue and var value => (int)value,
            _ => throw members.Invalid($"'{name}' is too large"),
        };

    public static ReadOnlyMemory<byte>? Base64(JsonMembers members, string name)
    {
        if (members.Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw members.WrongType(name, value, "base64 text");
    }

    public static void WritePairs(
        Utf8JsonWriter writer,
        string name,
        ImmutableArray<KeyValuePair<string, string>> pairs
    )
    {
        writer.WriteStartArray(name);
        foreach (var (key, value) in pairs)
            writer.WriteTexts([key, value]);
        writer.WriteEndArray();
    }

    public static ImmutableArray<KeyValuePair<string, string>> Pairs(JsonMembers members, string name)
    {
        var named = NamedValues(members, name);
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(named.Length);
        foreach (var (key, value) in named)
            pairs.Add(
                value.ValueKind == JsonValueKind.String
                    ? new(key, value.GetString()!)
                    : throw members.WrongType(name, value, "pairs of strings")
            );
        return pairs.MoveToImmutable();
    }

    /// <summary>An array of [name, value] arrays; none when the member is absent.</summary>
    public static ImmutableArray<KeyValuePair<string, JsonElement>> NamedValues(JsonMembers members, string name)
    {
        if (members.Array(name) is not { } array)
            return [];
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (
                item.ValueKind != JsonValueKind.Array
                || item.GetArrayLength() != 2
                || item[0].ValueKind != JsonValueKind.String
            )
                throw members.WrongType(name, item, "arrays of a name and a value");
            pairs.Add(new(item[0].GetString()!, item[1]));
        }

        return pairs.MoveToImmutable();
    }
}
