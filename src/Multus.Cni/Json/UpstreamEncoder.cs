using System.Text.Encodings.Web;

namespace Multus.Cni.Json;

/// <summary>
/// Escapes exactly what upstream escapes, in its spelling: quotes, backslash, control characters, and <c>&lt; &gt;
/// &amp;</c> U+2028 U+2029 as lower-case <c>\u00xx</c>. The framework's encoders escape all of Latin-1 or nothing of
/// these, and in capitals.
/// </summary>
internal sealed class UpstreamEncoder : JavaScriptEncoder
{
    public static readonly UpstreamEncoder Instance = new();

    private UpstreamEncoder() { }

    public override int MaxOutputCharactersPerInputCharacter => 6; // \u0000

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < 0x20 or '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (var i = 0; i < span.Length; i++)
        {
            if (WillEncode(span[i]))
                return i;
            if (!char.IsSurrogate(span[i]))
                continue;
            if (i + 1 >= span.Length || !char.IsSurrogatePair(span[i], span[i + 1]))
                return i; // half a pair: the caller replaces it by U+FFFD

            i++;
        }

        return -1;
    }

    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int numberOfCharactersWritten
    )
    {
        var escaped = ShortForm(unicodeScalar) ?? $"\\u{unicodeScalar:x4}";
        var fits = escaped.TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? escaped.Length : 0;
        return fits;
    }

    private static string? ShortForm(int scalar) =>
        scalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => null,
        };
}
