using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Json;

/// <summary>JSON values as this project reads, makes and names them.</summary>
internal static class JsonText
{
    private const int ExcerptLength = 80;

    /// <summary>Parses one document, with or without a byte order mark; the element owns its memory.</summary>
    /// <exception cref="JsonException">Not JSON, text after the document, or text that is not Unicode.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json) =>
        CniJson.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json);

    /// <summary>What an error message calls the value: "a number", "an object", …</summary>
    public static string KindOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };

    /// <summary>The value as an error message shows it: its JSON text, see <see cref="Excerpt(string)"/>.</summary>
    public static string Excerpt(JsonElement value) => Excerpt(value.GetRawText());

    /// <summary>Foreign text as an error message shows it: on one line, shortened when long.</summary>
    public static string Excerpt(string text) =>
        OneLine(text.Length <= ExcerptLength ? text : $"{text[..ExcerptLength]}…");

    /// <summary>
    /// The text with a blank for every control character. The framework's own messages quote a document's line breaks.
    /// </summary>
    public static string OneLine(string text) =>
        string.Create(
            text.Length,
            text,
            static (target, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        );

    /// <summary>The text as a JSON string.</summary>
    public static JsonElement StringOf(string text) => Parse(CniJson.Write(writer => writer.WriteStringValue(text)));

    /// <summary>The texts as a JSON array of strings.</summary>
    public static JsonElement ArrayOf(IEnumerable<string> texts) =>
        Parse(CniJson.Write(writer => writer.WriteTexts(texts)));

    public static void WriteTexts(this Utf8JsonWriter writer, IEnumerable<string> texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WritePropertyName(name);
        writer.WriteTexts(texts);
    }
}
