using System.Collections.Immutable;
using Grpc.Core;
using Multus.Cni;
using Multus.Kubernetes.Runtimes.Wire;

namespace Multus.Kubernetes.Runtimes;

/// <summary>
/// Which version of the CNI specification the node's container runtime speaks, by its own name and version: containerd
/// 2.0 and CRI-O 1.30 brought 1.1.0, with STATUS and GC.
/// </summary>
/// <param name="sockets">Where the runtimes listen that there may be.</param>
public sealed class CriVersion(ImmutableArray<string> sockets, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The newest version that every runtime of the node knows.</summary>
    /// <returns>Null: there is none that could be asked, or one that is not known here.</returns>
    /// <exception cref="KubernetesException">There is one, and it did not say.</exception>
    public async Task<CniVersion?> AskAsync(CancellationToken cancel)
    {
        CniVersion? oldest = null;
        foreach (var socket in sockets.Where(File.Exists))
        {
            if (await AskAsync(socket, cancel).ConfigureAwait(false) is not { } answer)
                continue;
            if (Of(answer.RuntimeName, answer.RuntimeVersion) is not { } known)
                return null;
            if (oldest is null || known < oldest)
                oldest = known;
        }

        return oldest;
    }

    /// <param name="runtime">As the runtime calls itself.</param>
    /// <param name="version">Its version, with or without a v in front.</param>
    /// <returns>Null: this runtime is not known here.</returns>
    internal static CniVersion? Of(string runtime, string version)
    {
        var parts = version.TrimStart('v').Split('.', '-', '+');
        if (parts.Length < 2 || !int.TryParse(parts[0], out var major) || !int.TryParse(parts[1], out var minor))
            return null;

        return runtime switch
        {
            "containerd" => major >= 2 ? CniVersion.V110 : CniVersion.V100,
            "cri-o" => (major, minor).CompareTo((1, 30)) >= 0 ? CniVersion.V110 : CniVersion.V100,
            _ => null,
        };
    }

    private async Task<VersionResponse?> AskAsync(string socket, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var channel = CriChannel.To(socket);
        try
        {
            return await new RuntimeService.RuntimeServiceClient(channel)
                .VersionAsync(new VersionRequest(), cancellationToken: either.Token)
                .ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return null; // a containerd without its CRI part, as Docker has it: no runtime of pods
        }
        catch (RpcException e) when (!cancel.IsCancellationRequested)
        {
            throw new KubernetesException(
                $"the container runtime at {socket} does not say its version: {e.Status.Detail} "
                    + $"(gRPC status {(int)e.StatusCode})",
                isTransient: true,
                e
            );
        }
    }
}
