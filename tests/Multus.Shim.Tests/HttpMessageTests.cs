using System.Text;
using Multus.Wire;

namespace Multus.Shim.Tests;

public sealed class HttpMessageTests
{
    [Fact]
    public void A_request_has_its_length_and_closes_the_connection()
    {
        var text = Encoding.UTF8.GetString(HttpMessage.Post("/cni", "{\"é\":1}"u8));

        Assert.StartsWith("POST /cni HTTP/1.1\r\nHost: dummy\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{\"é\":1}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, "{}")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}and more", 200, "{}")]
    [InlineData("HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, "")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 200, "x")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A;why=not\r\n0123456789\r\n0\r\n\r\n",
        200,
        "abc0123456789"
    )]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200, "")]
    public void A_whole_answer_is_read_without_the_end_of_the_connection(string received, int status, string body)
    {
        Assert.True(TryRead(received, isEnded: false, out var reply));
        Assert.Equal((status, body), (reply.Status, Encoding.UTF8.GetString(reply.Body.Span)));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")]
    public void An_answer_cut_off_anywhere_is_not_whole(string whole)
    {
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(TryRead(whole[..length], isEnded: false, out _));
            Assert.False(TryRead(whole[..length], isEnded: true, out _));
        }
    }

    [Fact]
    public void A_body_without_a_length_ends_with_the_connection()
    {
        const string received = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nkablewit\n";

        Assert.False(TryRead(received, isEnded: false, out _));
        Assert.True(TryRead(received, isEnded: true, out var reply));
        Assert.Equal("kablewit\n", Encoding.UTF8.GetString(reply.Body.Span));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n")]
    public void What_can_never_become_an_answer_is_refused_at_once(string received)
    {
        Assert.Throws<WireFormatException>(() => TryRead(received, isEnded: false, out _));
    }

    [Fact]
    public void A_head_without_end_is_refused()
    {
        var received = "HTTP/1.1 200 OK\r\nX: " + new string('x', 70_000);

        Assert.Throws<WireFormatException>(() => TryRead(received, isEnded: false, out _));
    }

    private static bool TryRead(string received, bool isEnded, out HttpReply reply) =>
        HttpMessage.TryRead(Encoding.UTF8.GetBytes(received), isEnded, out reply);
}
