using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Multus.Host.Server;

/// <summary>
/// Hands on a connection when there is a place for it. Where the kernel has no descriptor for one, it waits a little
/// before it asks again; Kestrel's own listener asks at once and for ever.
/// </summary>
internal sealed class BoundedListener(
    Socket listener,
    SocketConnectionContextFactory connections,
    ConnectionPlaces places,
    TimeProvider time,
    ILogger log
) : IConnectionListener
{
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _unbound = new();
    private SocketError _trouble = SocketError.Success;

    public EndPoint EndPoint { get; } = listener.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            // The client first: nobody loses a place that nobody wants. It costs one descriptor more than there are
            // places.
            var client = await AcceptSocketAsync(cancel.Token);
            return await ConnectAsync(client, cancel.Token);
        }
        catch (Exception e)
            when (e is OperationCanceledException or ObjectDisposedException && _unbound.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_unbound.IsCancellationRequested)
            return;

        await _unbound.CancelAsync();
        listener.Dispose();
    }

    public async ValueTask DisposeAsync() => await UnbindAsync(CancellationToken.None);

    private async Task<Socket> AcceptSocketAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptAsync(cancel);
                _trouble = SocketError.Success;
                return client;
            }
            catch (SocketException e) when (!_unbound.IsCancellationRequested)
            {
                if (_trouble != e.SocketErrorCode)
                    HostLog.NotAccepted(log, e.Message);
                _trouble = e.SocketErrorCode;
            }

            await Task.Delay(AfterRefusal, time, cancel);
        }
    }

    private async Task<ConnectionContext> ConnectAsync(Socket client, CancellationToken cancel)
    {
        try
        {
            var place = await places.TakeAsync(cancel);
            return new PlacedConnection(connections.Create(client), place);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

/// <summary>Makes a <see cref="BoundedListener"/> of each unix socket. All of them share the places.</summary>
internal sealed class BoundedTransport(ConnectionPlaces places, TimeProvider time, ILogger log)
    : IConnectionListenerFactory,
        IDisposable
{
    private const int Backlog = 512;

    // As much as Kestrel allows for the headers of a request, and more; a body does not wait here but in the endpoints,
    // where all of them together are bounded.
    private const int ReadAhead = 64 * 1024;

    private readonly SocketConnectionContextFactory _connections = new(
        new SocketConnectionFactoryOptions { MaxReadBufferSize = ReadAhead },
        log
    );

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        listener.Listen(Backlog);
        return ValueTask.FromResult<IConnectionListener>(
            new BoundedListener(listener, _connections, places, time, log)
        );
    }

    public void Dispose() => _connections.Dispose();
}
