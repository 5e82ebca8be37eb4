using System.Text.Json;
using Multus.Cni;

namespace Multus.Wire;

/// <summary>
/// JSON from the other side, with every way of being wrong turned into a <see cref="WireFormatException"/> naming the
/// member.
/// </summary>
internal static class WireJson
{
    /// <summary>
    /// The root, which is an object. Text in it is known to be Unicode, nesting and size are bounded.
    /// </summary>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> json, string what)
    {
        JsonElement root;
        try
        {
            root = CniJson.Parse(json);
        }
        catch (JsonException malformed)
        {
            throw new WireFormatException($"{what} is not JSON: {malformed.Message}", malformed);
        }

        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new WireFormatException($"{what} is {Name(root.ValueKind)}: expected an object");
    }

    /// <summary>
    /// The text of a string; null stands for the empty string, as in upstream's decoder (spec/cni-runtime.md §1).
    /// </summary>
    public static string Text(JsonElement value, string member) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => throw Unexpected(member, "a string", value.ValueKind),
        };

    public static WireFormatException Unexpected(string member, string expected, JsonValueKind found) =>
        new($"\"{member}\" is {Name(found)}: expected {expected}");

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };
}
