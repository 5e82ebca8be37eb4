using System.Net.Sockets;
using Grpc.Net.Client;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// A gRPC channel to whoever listens at a unix socket: one connection that all calls share, and that the next call
/// makes anew once it has broken.
/// </summary>
internal static class KubeletChannel
{
    /// <param name="maxMessage">Longest answer that is taken, in bytes.</param>
    public static GrpcChannel To(string socket, int maxMessage) =>
        GrpcChannel.ForAddress(
            "http://localhost",
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel),
                    // With http_proxy in the environment the callback would never be called, and every call fail.
                    UseProxy = false,
                },
                DisposeHttpClient = true,
                MaxReceiveMessageSize = maxMessage,
                ThrowOperationCanceledOnCancellation = true,
            }
        );

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
