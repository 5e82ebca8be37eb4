using Grpc.Net.Client;

namespace Multus.Kubernetes.Runtimes;

/// <summary>
/// A connection to the CRI socket of a container runtime. It is made for each question: there is one in a long while,
/// and a runtime that was restarted has made its socket anew.
/// </summary>
internal static class CriChannel
{
    // What the node is made of, not what it should be: a hundred thousand sandboxes fit.
    private const int MaxMessage = 64 << 20;

    public static GrpcChannel To(string socket) =>
        GrpcChannel.ForAddress(
            "http://localhost",
            new GrpcChannelOptions
            {
                HttpHandler = UnixSocketHandler.For(socket),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = MaxMessage,
            }
        );
}
