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
                HttpHandler = UnixSocketHandler.For(socket),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = maxMessage,
                ThrowOperationCanceledOnCancellation = true,
            }
        );
}
