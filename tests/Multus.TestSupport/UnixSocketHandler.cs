using System.Net.Sockets;

namespace Multus.TestSupport;

/// <summary>
/// HTTP over a unix socket, whatever address a request names and whatever proxy the environment does.
/// </summary>
public static class UnixSocketHandler
{
    public static SocketsHttpHandler For(string socket) =>
        new() { UseProxy = false, ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel) };

    private static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken cancel)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
