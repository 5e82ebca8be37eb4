using System.Net.Sockets;

namespace Multus.Host.Commands;

/// <summary>HTTP to a unix socket.</summary>
internal static class UnixHttp
{
    public static SocketsHttpHandler HandlerFor(string socket) =>
        new()
        {
            UseProxy = false, // a proxy of the environment would be asked for every address, the socket's too
            ConnectCallback = async (_, cancel) =>
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
            },
        };
}
