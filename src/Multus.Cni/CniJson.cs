using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Multus.Cni.Json;

namespace Multus.Cni;

/// <summary>
/// The JSON rules that leak into behaviour (cni-runtime.md §1): keys found whatever their case, the last of several
/// wins, numbers keep their digits, and text that no peer could read is refused at the door rather than where it is
/// used.
/// </summary>
public static class CniJson
{
    /// <summary>
    /// Bytes of one document. Nearly all have a few thousand, and a GC's list of a hundred thousand attachments 28
    /// million; what is larger is a mistake or an attack.
    /// </summary>
    public const int MaxDocumentBytes = 40 * 1024 * 1024;

    /// <summary>Levels of nesting of one document. Everything that walks a document may recurse this deep.</summary>
    public const int MaxDepth = 128;

    public static readonly JsonWriterOptions Compact = new() { Encoder = UpstreamEncoder.Instance };

    public static readonly JsonWriterOptions Indented4 = Compact with
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
    };

    private const int SpareBytes = 4096;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = MaxDepth };

    // Each thread keeps the buffer of its last write for the next: nearly every document is a few hundred bytes.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_spare;

    /// <summary>Reads one document that owns its memory, so that nothing has to be disposed.</summary>
    /// <exception cref="JsonException">No JSON, more than one document, too large, too deep, or text that is not
    /// Unicode.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxDocumentBytes)
            throw new JsonException(
                $"{json.Length} bytes are more than the {MaxDocumentBytes} that a document may have"
            );
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new JsonException("unexpected end of JSON input");

        RefuseBrokenText(json.Span);
        var reader = new Utf8JsonReader(json.Span, Reading);
        var root = JsonElement.ParseValue(ref reader);
        reader.Read(); // throws on anything but white space after the document
        return root;
    }

    /// <summary>The member of <see cref="TryGetIgnoringCase"/>; none, too, when it is <c>null</c>.</summary>
    public static JsonElement? Find(JsonElement o, string name) =>
        TryGetIgnoringCase(o, name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>
    /// Finds a member by its exact name or else by its name in another case; of several equal ones the last.
    /// </summary>
    public static bool TryGetIgnoringCase(JsonElement o, string name, out JsonElement value)
    {
        if (o.TryGetProperty(name, out value))
            return true;

        if (!MayHold(JsonMarshal.GetRawUtf8Value(o), name))
            return false;

        var isFound = false;
        foreach (var member in o.EnumerateObject())
        {
            if (!string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                continue;

            value = member.Value;
            isFound = true;
        }

        return isFound;
    }

    /// <summary>
    /// Collects what <paramref name="write"/> writes, compact or indented by four spaces, without a newline at the end.
    /// </summary>
    public static byte[] Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        var buffer = s_spare ?? new ArrayBufferWriter<byte>(SpareBytes);
        s_spare = null; // one write may be in the middle of another
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented4 : Compact))
            write(writer);
        var written = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity <= SpareBytes)
        {
            buffer.ResetWrittenCount();
            s_spare = buffer;
        }

        return written;
    }

    /// <summary>
    /// Writes a value as upstream does when it passes one on: members sorted by name at every level, of equal names
    /// only the last. Unlike upstream, numbers keep their digits.
    /// </summary>
    public static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                JsonDraft.From(value).WriteTo(writer);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteSorted(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // Whether the name, in whatever case, is anywhere in the object's text, or could be by an escape or a letter beyond
    // ASCII. Most members asked for are optional and absent: this spares making a string of the name of each one that
    // is there.
    private static bool MayHold(ReadOnlySpan<byte> json, string name)
    {
        if (name.Length == 0 || json.Contains((byte)'\\') || !Ascii.IsValid(json) || !Ascii.IsValid(name))
            return true;

        var (lower, upper) = ((byte)char.ToLowerInvariant(name[0]), (byte)char.ToUpperInvariant(name[0]));
        for (
            var at = json.IndexOfAny(lower, upper);
            at >= 0 && json.Length - at > name.Length;
            at = json.IndexOfAny(lower, upper)
        )
        {
            if (Ascii.EqualsIgnoreCase(json.Slice(at, name.Length), name))
                return true;
            json = json[(at + 1)..];
        }

        return false;
    }

    /// <summary>
    /// The reader takes broken text for granted and only complains, with another exception, once somebody asks for the
    /// string.
    /// </summary>
    private static void RefuseBrokenText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new JsonException("the text is not valid UTF-8");
        if (json.IndexOf("\\u"u8) < 0)
            return;

        var reader = new Utf8JsonReader(json, Reading);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a string holds half of a surrogate pair", e);
        }
    }
}
