using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Multus.Kubernetes.Runtimes.Wire;

namespace Multus.Kubernetes.Runtimes;

/// <summary>
/// The sandboxes of every container runtime whose CRI socket is there. A connection is made for each question: there is
/// one in an hour, and a runtime that was restarted has made its socket anew.
/// </summary>
/// <param name="sockets">Where the runtimes listen that there may be.</param>
public sealed class CriSandboxes(ImmutableArray<string> sockets, TimeProvider time) : IPodSandboxes
{
    /// <summary>Where containerd, CRI-O and cri-dockerd listen.</summary>
    public static readonly ImmutableArray<string> UsualSockets =
    [
        "/run/containerd/containerd.sock",
        "/run/crio/crio.sock",
        "/run/cri-dockerd.sock",
    ];

    // What the node is made of, not what it should be: a hundred thousand sandboxes fit.
    private const int MaxMessage = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>?> ListAsync(CancellationToken cancel)
    {
        HashSet<string>? all = null;
        foreach (var socket in sockets.Where(File.Exists))
        {
            if (await ListAsync(socket, cancel).ConfigureAwait(false) is { } some)
                (all ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(some);
        }

        return all?.ToFrozenSet(StringComparer.Ordinal);
    }

    private async Task<IEnumerable<string>?> ListAsync(string socket, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var channel = GrpcChannel.ForAddress(
            "http://localhost",
            new GrpcChannelOptions
            {
                HttpHandler = HandlerFor(socket),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = MaxMessage,
            }
        );
        try
        {
            var answer = await new RuntimeService.RuntimeServiceClient(channel)
                .ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: either.Token)
                .ConfigureAwait(false);
            return answer.Items.Select(sandbox => sandbox.Id);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return null; // a containerd without its CRI part, as Docker has it: no runtime of pods
        }
        catch (RpcException e) when (!cancel.IsCancellationRequested)
        {
            var why = limit.IsCancellationRequested
                ? $"no answer within {Patience.TotalSeconds:0} s"
                : $"{e.Status.Detail} (gRPC status {(int)e.StatusCode})";
            throw new KubernetesException(
                $"the container runtime at {socket} does not say which sandboxes there are: {why}",
                isTransient: true,
                e
            );
        }
    }

    private static SocketsHttpHandler HandlerFor(string socket) =>
        new()
        {
            UseProxy = false, // a proxy of the environment would be asked for every address, the socket's too
            ConnectCallback = async (_, cancel) =>
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
            },
        };
}
