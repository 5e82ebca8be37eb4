using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Configuration;
using Multus.Host.Server;
using Multus.TestSupport;

namespace Multus.Host.Tests.Server;

public sealed class RequestBodiesTests : IDisposable
{
    private const int Usual = 200_000;
    private const int Longest = 400_000;

    private static readonly ServerSettings Settings = new(
        MaxRequestBody: Usual,
        MaxGcBody: Longest,
        MaxBodies: 2 * Usual,
        ReadTimeout: TimeSpan.FromSeconds(10)
    );

    private readonly CountedTime _time = new();
    private readonly RequestBodies _bodies;

    public RequestBodiesTests() => _bodies = new RequestBodies(Settings, _time, NullLogger.Instance);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(RequestBodies.SmallBytes + 1)]
    [InlineData(Usual)]
    public async Task A_body_is_read_as_it_was_sent(int length)
    {
        var sent = Bytes(length);

        using var body = await _bodies.ReadAsync(Request(sent));

        Assert.Equal(sent, body.Content.ToArray());
    }

    [Fact]
    public async Task A_body_that_comes_in_chunks_is_read_up_to_the_usual_limit()
    {
        using (var body = await _bodies.ReadAsync(InChunks(Bytes(Usual))))
            Assert.Equal(Usual, body.Content.Length);

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() =>
            _bodies.ReadAsync(InChunks(Bytes(Usual + 1)))
        );
        Assert.Equal(
            (413, "the request's body has more than 200000 bytes (multus.server.max-request-body)"),
            (refused.StatusCode, refused.Message)
        );
    }

    [Fact]
    public async Task Only_a_GC_may_be_longer_than_other_requests()
    {
        using var gc = await _bodies.ReadAsync(Request(RequestOf("GC", Longest)));
        Assert.Equal(Longest, gc.Content.Length);
        Assert.Equal("GC", _bodies.Parse(gc).Variable("CNI_COMMAND"));
        gc.Dispose();

        using var add = await _bodies.ReadAsync(Request(RequestOf("ADD", Longest)));
        var refused = Assert.Throws<BadHttpRequestException>(() => _bodies.Parse(add));
        Assert.Equal(
            (
                413,
                "the request's body has 400000 bytes; only a GC may have more than 200000 (multus.server.max-request-body)"
            ),
            (refused.StatusCode, refused.Message)
        );
    }

    [Fact]
    public async Task A_body_that_is_announced_as_longer_than_any_may_be_is_refused_before_it_is_read()
    {
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() =>
            _bodies.ReadAsync(Request(Bytes(1), announced: Longest + 1))
        );

        Assert.Equal(413, refused.StatusCode);
        Assert.Contains("multus.server.max-gc-body = 400000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_finds_no_room_waits_for_it_and_is_told_so_when_it_takes_too_long()
    {
        using var first = await _bodies.ReadAsync(Request(Bytes(Usual)));
        using var half = await _bodies.ReadAsync(Request(Bytes(Usual / 2)));
        var waiting = _bodies.ReadAsync(Request(Bytes(Usual)));
        _time.Advance(Settings.ReadTimeout / 2);
        Assert.False(waiting.IsCompleted);

        _time.Advance(Settings.ReadTimeout / 2);

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() => waiting);
        Assert.Equal(503, refused.StatusCode);
        Assert.Contains(
            "no room for another 200000 within 10 s (multus.server.max-bodies); try again",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Room_that_a_request_had_is_the_next_one_s_when_it_is_answered_and_not_when_its_bytes_are_read()
    {
        var first = await _bodies.ReadAsync(Request(Bytes(Usual)));
        using var half = await _bodies.ReadAsync(Request(Bytes(Usual / 2)));
        var waiting = _bodies.ReadAsync(Request(Bytes(Usual)));

        first.ReturnBuffer();
        Assert.False(waiting.IsCompleted);
        first.Dispose();
        first.Dispose(); // once is enough, and twice does not make more of it

        using var second = await waiting;
        var third = _bodies.ReadAsync(Request(Bytes(Usual)));
        Assert.False(third.IsCompleted);
        _time.Advance(Settings.ReadTimeout);
        await Assert.ThrowsAsync<BadHttpRequestException>(() => third);
    }

    [Fact]
    public async Task Small_bodies_never_wait_for_large_ones()
    {
        using var first = await _bodies.ReadAsync(Request(Bytes(Usual)));
        using var second = await _bodies.ReadAsync(Request(Bytes(Usual / 2)));
        var large = _bodies.ReadAsync(Request(Bytes(Usual)));

        using var small = await _bodies.ReadAsync(Request(Bytes(RequestBodies.SmallBytes)));

        Assert.False(large.IsCompleted);
        _time.Advance(Settings.ReadTimeout);
        await Assert.ThrowsAsync<BadHttpRequestException>(() => large);
    }

    [Fact]
    public async Task What_a_burst_has_left_is_given_back_when_there_was_none_for_a_while_and_buffers_go_on_to_work()
    {
        for (var i = 0; i < 30; i++)
            (await _bodies.ReadAsync(Request(Bytes(Usual)))).Dispose();
        Assert.Equal(1, _time.PendingTimers);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, _time.PendingTimers);
        using var body = await _bodies.ReadAsync(Request(Bytes(Usual)));
        Assert.Equal(Bytes(Usual), body.Content.ToArray());
    }

    [Fact]
    public async Task Small_requests_are_no_reason_to_give_memory_back()
    {
        for (var i = 0; i < 200; i++)
            (await _bodies.ReadAsync(Request(Bytes(RequestBodies.SmallBytes)))).Dispose();

        Assert.Equal(0, _time.PendingTimers);
    }

    public void Dispose() => _bodies.Dispose();

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)(at * 31))];

    private static byte[] RequestOf(string verb, int length)
    {
        var start = $$"""{"env":{"CNI_COMMAND":"{{verb}}","X":""";
        return Encoding.ASCII.GetBytes($"{start}\"{new string('x', length - start.Length - 4)}\"}}}}");
    }

    private static DefaultHttpContext Request(byte[] bytes, long? announced = null)
    {
        var context = InChunks(bytes);
        context.Request.ContentLength = announced ?? bytes.Length;
        return context;
    }

    private static DefaultHttpContext InChunks(byte[] bytes) => new() { Request = { Body = new MemoryStream(bytes) } };
}
