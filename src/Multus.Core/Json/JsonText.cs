using System.Buffers;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Json;

/// <summary>Turns bytes that others wrote into a JSON element that can be read to the end without surprises.</summary>
internal static class JsonText
{
    /// <summary>Parses one document; the element owns its memory.</summary>
    /// <exception cref="JsonException">
    /// Not JSON, text after the document, or a string that is no Unicode text. The last is checked here for the whole document because
    /// a lone surrogate escape otherwise passes the parser and throws wherever the string is first looked at.
    /// </exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        var text = WithoutByteOrderMark(json);
        RequireReadableStrings(text.Span);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>What an error message calls the value: "a number", "an object", …</summary>
    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    /// <summary>The value as an error message shows it: its JSON text, shortened when long.</summary>
    public static string Excerpt(JsonElement value) => Excerpt(value.GetRawText());

    public static string Excerpt(string text) => text.Length <= 80 ? text : $"{text[..80]}…";

    /// <summary>The text as a JSON string.</summary>
    public static JsonElement StringOf(string text) => Written(writer => writer.WriteStringValue(text));

    /// <summary>The texts as a JSON array of strings.</summary>
    public static JsonElement ArrayOf(IEnumerable<string> texts) => Written(writer =>
    {
        writer.WriteStartArray();
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    });

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, CniJson.Compact))
            write(writer);
        return Parse(buffer.WrittenMemory);
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static void RequireReadableStrings(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException broken)
            {
                throw new JsonException($"the string at byte {reader.TokenStartIndex} is not Unicode text", broken);
            }
        }
    }
}
