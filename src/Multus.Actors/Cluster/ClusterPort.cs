using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using static Multus.Actors.Cluster.ClusterProtocol;

namespace Multus.Actors.Cluster;

/// <summary>The engine's view of pods and networks: it asks the cluster actor.</summary>
/// <param name="cluster">Answers <see cref="ClusterProtocol"/>.</param>
/// <param name="source">What the cluster is called in messages.</param>
public sealed class ClusterPort(IActorRef cluster, string source) : IPods, INetworks
{
    // The actor answers every question at once or under time limits of its own; this one only keeps a bug from hanging
    // a sandbox for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Source { get; } = source;

    public async Task<Pod?> FindAsync(PodIdentity pod, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return await cluster.Ask<PodReply>(new FindPod(pod.Key, pod.Uid), Patience, cancel) switch
        {
            PodReply.Found found => found.Pod,
            PodReply.Unknown => null,
            PodReply.Replaced replaced => throw Core.Planning.PodRules.AnotherPod(pod, replaced.FoundUid),
            PodReply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };
    }

    public async Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindAsync(
        ImmutableArray<NetworkKey> keys,
        bool fromMemory,
        CancellationToken cancel
    ) =>
        await cluster.Ask<NetworksReply>(new FindNetworks(keys) { FromMemory = fromMemory }, Patience, cancel) switch
        {
            NetworksReply.Found found => found.Networks,
            NetworksReply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };
}
