using System.Buffers.Text;
using System.Text;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>Status line and the two headers that say how long the body is (RFC 9112 §4, §6).</summary>
internal readonly record struct HttpHead(int Status, int? ContentLength, bool IsChunked)
{
    /// <param name="head">Without the empty line at its end.</param>
    /// <exception cref="WireFormatException">Not a head of HTTP/1.x, or one whose body's length cannot be
    /// told.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> head)
    {
        var status = ParseStatus(NextLine(ref head));
        int? length = null;
        var isChunked = false;
        while (!head.IsEmpty)
        {
            var line = NextLine(ref head);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
                throw new WireFormatException("the answer has a header without a name");

            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8))
                length = ParseLength(value, length);
            else if (Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding"u8))
                isChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8)
                    ? true
                    : throw new WireFormatException("the answer has a Transfer-Encoding other than chunked");
        }

        return new(status, length, isChunked);
    }

    // HTTP/1.1 200 OK; the reason may be missing.
    private static int ParseStatus(ReadOnlySpan<byte> line)
    {
        var isWhole =
            line.Length >= 12
            && line.StartsWith("HTTP/1."u8)
            && line[8] == ' '
            && (line.Length == 12 || line[12] == ' ');
        return isWhole && Utf8Parser.TryParse(line[9..12], out int status, out var used) && used == 3 && status >= 100
            ? status
            : throw new WireFormatException("the answer does not begin with an HTTP/1.1 status line");
    }

    private static int ParseLength(ReadOnlySpan<byte> value, int? before)
    {
        if (
            !Utf8Parser.TryParse(value, out int length, out var used)
            || used != value.Length
            || !char.IsAsciiDigit((char)value[0])
        )
            throw new WireFormatException("the answer has a Content-Length that is not a number");
        if (length > WireLimits.MaxReplyBytes)
            throw new WireFormatException(
                $"the answer is {length} bytes long: at most {WireLimits.MaxReplyBytes} are taken"
            );
        if (before is not null && before != length)
            throw new WireFormatException("the answer has two different Content-Lengths");
        return length;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n"u8);
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 2)..];
        return line;
    }
}
