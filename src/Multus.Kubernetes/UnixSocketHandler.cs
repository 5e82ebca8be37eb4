using System.Net.Sockets;

namespace Multus.Kubernetes;

/// <summary>HTTP over a unix socket, whatever address a request names.</summary>
public static class UnixSocketHandler
{
    /// <param name="socket">Its path.</param>
    public static SocketsHttpHandler For(string socket) =>
        new()
        {
            ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel),
            // With http_proxy in the environment the callback would never be called, and every request fail.
            UseProxy = false,
        };

    private static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken cancel)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel).ConfigureAwait(false);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
