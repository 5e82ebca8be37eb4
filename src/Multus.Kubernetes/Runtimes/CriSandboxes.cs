using System.Collections.Frozen;
using System.Collections.Immutable;
using Grpc.Core;
using Multus.Kubernetes.Runtimes.Wire;

namespace Multus.Kubernetes.Runtimes;

/// <summary>
/// The sandboxes of every container runtime whose CRI socket is there.
/// </summary>
/// <param name="sockets">Where the runtimes listen that there may be.</param>
public sealed class CriSandboxes(ImmutableArray<string> sockets, TimeProvider time) : IPodSandboxes
{
    /// <summary>Where containerd, CRI-O, cri-dockerd, and the containerd of k3s and RKE2 listen.</summary>
    public static readonly ImmutableArray<string> UsualSockets =
    [
        "/run/containerd/containerd.sock",
        "/run/crio/crio.sock",
        "/run/cri-dockerd.sock",
        "/run/k3s/containerd/containerd.sock",
    ];

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
        using var channel = CriChannel.To(socket);
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
}
