using System.Text;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>
/// As much of HTTP/1.1 as one POST over a unix socket needs (docs/decisions/0004-shim-http.md). Pure: bytes in, bytes
/// out.
/// </summary>
internal static class HttpMessage
{
    private const int MaxHeadBytes = 64 * 1024;

    public static byte[] Post(string path, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: dummy\r\nUser-Agent: {WirePaths.ShimProduct}{ShimVersion.Number}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"
        );
        var message = new byte[head.Length + body.Length];
        head.CopyTo(message, 0);
        body.CopyTo(message.AsSpan(head.Length));
        return message;
    }

    /// <summary>Reads the answer out of all that was received so far.</summary>
    /// <param name="received">Everything since the connection was made.</param>
    /// <param name="isEnded">Whether the other side has closed the connection, which ends a body of unknown
    /// length.</param>
    /// <param name="reply">The answer; its body is a part of <paramref name="received"/> or a copy.</param>
    /// <returns>Whether the answer is whole; false once the connection is closed means that it was cut off.</returns>
    /// <exception cref="WireFormatException">No further bytes can make an answer of this.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> received, bool isEnded, out HttpReply reply)
    {
        while (true)
        {
            reply = default;
            var headLength = received.Span.IndexOf("\r\n\r\n"u8);
            if (headLength > MaxHeadBytes || (headLength < 0 && received.Length > MaxHeadBytes))
                throw new WireFormatException($"the head of the answer is longer than {MaxHeadBytes} bytes");
            if (headLength < 0)
            {
                RefuseOtherProtocols(received.Span);
                return false;
            }

            var head = HttpHead.Parse(received.Span[..headLength]);
            received = received[(headLength + 4)..];
            if (head.Status is >= 100 and < 200)
                continue; // an interim answer: the real one follows

            if (!TryReadBody(head, received, isEnded, out var body))
                return false;
            reply = new(head.Status, body);
            return true;
        }
    }

    private static bool TryReadBody(
        HttpHead head,
        ReadOnlyMemory<byte> rest,
        bool isEnded,
        out ReadOnlyMemory<byte> body
    )
    {
        body = default;
        if (head.Status is 204 or 304)
            return true;
        if (head.IsChunked)
            return HttpChunks.TryJoin(rest, out body);

        var length = head.ContentLength ?? (isEnded ? rest.Length : int.MaxValue);
        if (rest.Length < length)
            return false;
        body = rest[..length];
        return true;
    }

    // Say so at once, not after the time for an answer has passed.
    private static void RefuseOtherProtocols(ReadOnlySpan<byte> start)
    {
        var expected = "HTTP/1."u8;
        var length = Math.Min(start.Length, expected.Length);
        if (!start[..length].SequenceEqual(expected[..length]))
            throw new WireFormatException("the answer is not HTTP/1.1");
    }
}

/// <summary>An answer of the daemon: status and body are all that matters of it.</summary>
internal readonly record struct HttpReply(int Status, ReadOnlyMemory<byte> Body);
