using System.Text.Json;

namespace Multus.Wire;

/// <summary>JSON from the other side, with every way of being wrong turned into a <see cref="WireFormatException"/> naming the member.</summary>
internal static class WireJson
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = WireLimits.MaxDepth };

    /// <summary>A document whose root is an object.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Bounded);
        }
        catch (JsonException malformed)
        {
            throw new WireFormatException($"{what} is not JSON: {malformed.Message}", malformed);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;

        var found = document.RootElement.ValueKind;
        document.Dispose();
        throw new WireFormatException($"{what} is not a JSON object but {Name(found)}");
    }

    /// <summary>The text of a string; null stands for the empty string, as in upstream's decoder (spec/cni-runtime.md §1).</summary>
    public static string Text(JsonElement value, string member)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return "";
        if (value.ValueKind != JsonValueKind.String)
            throw Unexpected(member, "a string", value.ValueKind);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException unpaired)
        {
            throw new WireFormatException($"\"{member}\" holds text that is not Unicode", unpaired);
        }
    }

    public static string Name(JsonProperty property, string member)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException unpaired)
        {
            throw new WireFormatException($"\"{member}\" has a name that is not Unicode", unpaired);
        }
    }

    public static WireFormatException Unexpected(string member, string expected, JsonValueKind found) =>
        new($"\"{member}\" is {Name(found)}: expected {expected}");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
