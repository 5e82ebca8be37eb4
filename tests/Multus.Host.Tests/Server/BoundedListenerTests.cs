using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Host.Server;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests.Server;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class BoundedListenerTests : IAsyncLifetime
{
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(1);

    private readonly TempFolder _temp = new();
    private readonly CancellationTokenSource _late = new(Wait.Patience);
    private readonly CountedTime _time = new();
    private readonly BoundedTransport _transport;
    private readonly List<Socket> _clients = [];
    private IConnectionListener? _listener;

    public BoundedListenerTests() =>
        _transport = new BoundedTransport(new ConnectionPlaces(1, Courtesy, _time), _time, NullLogger.Instance);

    [Fact]
    public async Task A_connection_beyond_the_places_is_taken_when_the_one_before_it_is_closed()
    {
        await ConnectAsync();
        await ConnectAsync();
        var first = await AcceptAsync();
        first!.Features.Get<ConnectionPlaces.Place>()!.ClientWaits();
        var second = AcceptAsync();
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var accepted = await second;
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task A_client_that_does_not_send_its_request_is_cut_off_when_another_wants_its_place()
    {
        var silent = await ConnectAsync();
        var first = (await AcceptAsync())!;
        await ConnectAsync();
        var second = AcceptAsync();
        await Eventually.Holds(() => _time.PendingTimers > 0, "the second waits for the first");

        _time.Advance(Courtesy);

        await Assert.ThrowsAsync<ConnectionAbortedException>(async () =>
            await first.Transport.Input.ReadAsync(_late.Token)
        );
        await first.DisposeAsync();
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1], _late.Token));
        await using var accepted = await second;
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task A_listener_that_is_unbound_takes_nobody_also_while_somebody_waits_for_a_place()
    {
        await ConnectAsync();
        await using var first = await AcceptAsync();
        var waiting = await ConnectAsync();
        var second = AcceptAsync();
        await Eventually.Holds(() => _time.PendingTimers > 0, "the second waits for the first");

        await _listener!.UnbindAsync(_late.Token);

        Assert.Null(await second);
        Assert.Equal(0, await waiting.ReceiveAsync(new byte[1], _late.Token)); // it is not left hanging, and may ask again
        Assert.Null(await AcceptAsync());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        if (_listener is not null)
            await _listener.DisposeAsync();
        _transport.Dispose();
        _late.Dispose();
        _temp.Dispose();
    }

    private async Task<ConnectionContext?> AcceptAsync() => await _listener!.AcceptAsync(_late.Token);

    private async Task<Socket> ConnectAsync()
    {
        var endpoint = new UnixDomainSocketEndPoint(_temp["socket"]);
        _listener ??= await _transport.BindAsync(endpoint, _late.Token);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _clients.Add(client);
        await client.ConnectAsync(endpoint, _late.Token);
        return client;
    }
}
