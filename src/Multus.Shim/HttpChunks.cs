using System.Buffers.Text;
using Multus.Wire;

namespace Multus.Shim;

/*
    chunk   = size in hex [ ";" extension ] CRLF, size bytes, CRLF
    body    = chunks, the last of size 0 without bytes, then trailer lines, then an empty line          RFC 9112 §7.1
*/
internal static class HttpChunks
{
    // 8 hex digits and an extension that somebody may have invented.
    private const int MaxSizeLine = 1024;

    /// <returns>Whether the last chunk and what follows it have arrived.</returns>
    /// <exception cref="WireFormatException">Not chunks, or more than a reply may have.</exception>
    public static bool TryJoin(ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> body)
    {
        body = default;
        var joined = new byte[rest.Length];
        var length = 0;
        while (TryReadSize(ref rest, out var size))
        {
            if (size == 0)
            {
                body = joined.AsMemory(0, length);
                return IsAfterTrailers(rest.Span);
            }

            if (length + size > WireLimits.MaxReplyBytes)
                throw new WireFormatException(
                    $"the answer is longer than the {WireLimits.MaxReplyBytes} bytes that are taken"
                );
            if (rest.Length < size + 2)
                return false;
            if (!rest.Span.Slice(size, 2).SequenceEqual("\r\n"u8))
                throw new WireFormatException("a chunk of the answer is longer than it says");

            rest.Span[..size].CopyTo(joined.AsSpan(length));
            length += size;
            rest = rest[(size + 2)..];
        }

        return false;
    }

    private static bool TryReadSize(ref ReadOnlyMemory<byte> rest, out int size)
    {
        size = 0;
        var end = rest.Span.IndexOf("\r\n"u8);
        if (end > MaxSizeLine || (end < 0 && rest.Length > MaxSizeLine))
            throw new WireFormatException("a chunk of the answer has no size");
        if (end < 0)
            return false;

        var line = rest.Span[..end];
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).Trim(" \t"u8);
        if (
            !Utf8Parser.TryParse(digits, out size, out var used, 'X')
            || used != digits.Length
            || size is < 0 or > WireLimits.MaxReplyBytes
        )
            throw new WireFormatException("a chunk of the answer has a size that is not a number or too large");
        rest = rest[(end + 2)..];
        return true;
    }

    private static bool IsAfterTrailers(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("\r\n"u8) || rest.IndexOf("\r\n\r\n"u8) >= 0;
}
