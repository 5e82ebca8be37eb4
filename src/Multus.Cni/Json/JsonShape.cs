using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Json;

/// <summary>
/// Members of known type, found whatever their case (cni-runtime.md §1): missing and null mean absent, another type is
/// an error that names the place. <c>at</c> is the path of the object, ending in a dot, or empty.
/// </summary>
internal static class JsonShape
{
    public static void RequireObject(JsonElement value, string what)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Mismatch(what, "an object", value);
    }

    public static string? Text(JsonElement o, string name, string at) =>
        TryGet(o, name, at, JsonValueKind.String, "a string", out var value) ? value.GetString() : null;

    /// <summary>Whether the member is there and is this text; another type is no error here.</summary>
    public static bool IsText(JsonElement o, string name, string text) =>
        CniJson.TryGetIgnoringCase(o, name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(text);

    public static bool TryObject(JsonElement o, string name, string at, out JsonElement value) =>
        TryGet(o, name, at, JsonValueKind.Object, "an object", out value);

    public static bool TryArray(JsonElement o, string name, string at, out JsonElement value) =>
        TryGet(o, name, at, JsonValueKind.Array, "an array", out value);

    public static int Int32(JsonElement o, string name, string at) => NullableInt32(o, name, at) ?? 0;

    public static int? NullableInt32(JsonElement o, string name, string at)
    {
        if (NullableInt64(o, name, at) is not { } number)
            return null;

        return number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new JsonException($"{at}{name} is {number}, which is no 32-bit integer");
    }

    public static long? NullableInt64(JsonElement o, string name, string at)
    {
        if (!TryGet(o, name, at, JsonValueKind.Number, "an integer", out var value))
            return null;

        return value.TryGetInt64(out var number)
            ? number
            : throw new JsonException($"{at}{name} must be an integer, found {Shown(value)}");
    }

    public static uint UInt32(JsonElement o, string name, string at)
    {
        if (!TryGet(o, name, at, JsonValueKind.Number, "an integer", out var value))
            return 0;

        return value.TryGetUInt32(out var number)
            ? number
            : throw new JsonException($"{at}{name} must be an unsigned 32-bit integer, found {Shown(value)}");
    }

    public static ImmutableArray<string> Texts(JsonElement o, string name, string at)
    {
        if (!TryArray(o, name, at, out var array))
            return [];

        var texts = ImmutableArray.CreateBuilder<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                throw Mismatch($"{at}{name}[{texts.Count}]", "a string", item);

            texts.Add(item.GetString()!);
        }

        return texts.MoveToImmutable();
    }

    public static JsonException Mismatch(string place, string expected, JsonElement found) =>
        new($"{place} must be {expected}, found {Shown(found)}");

    private static bool TryGet(
        JsonElement o,
        string name,
        string at,
        JsonValueKind kind,
        string expected,
        out JsonElement value
    )
    {
        if (!CniJson.TryGetIgnoringCase(o, name, out value) || value.ValueKind == JsonValueKind.Null)
            return false;

        return value.ValueKind == kind ? true : throw Mismatch(at + name, expected, value);
    }

    private static string Shown(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => $"the string {LogText.Text(value.GetString())}",
            _ => value.GetRawText() is { Length: <= 64 } raw ? raw : "a number of very many digits",
        };
}
