using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;

namespace Multus.Actors.Cluster;

/// <summary>What is known of the cluster, and whether it was ever a complete picture. Pure.</summary>
public sealed record ClusterView(
    bool Synced,
    ImmutableDictionary<PodKey, Pod> Pods,
    ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition> Networks
)
{
    public static ClusterView Empty { get; } =
        new(
            false,
            ImmutableDictionary<PodKey, Pod>.Empty,
            ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty
        );

    public ClusterView Apply(ClusterChange change) =>
        change switch
        {
            ClusterChange.Replaced all => new ClusterView(
                true,
                all.Pods.ToImmutableDictionary(pod => pod.Key),
                all.Networks.ToImmutableDictionary(n => n.Key)
            ),
            ClusterChange.PodChanged changed => this with { Pods = Pods.SetItem(changed.Pod.Key, changed.Pod) },
            ClusterChange.PodGone gone => this with { Pods = Pods.Remove(gone.Key) },
            ClusterChange.NetworkChanged changed => this with
            {
                Networks = Networks.SetItem(changed.Network.Key, changed.Network),
            },
            ClusterChange.NetworkGone gone => this with { Networks = Networks.Remove(gone.Key) },
            ClusterChange.Disconnected => this, // what was known stays the best guess; a miss is asked for live
            _ => throw new InvalidOperationException($"unknown change {change}"),
        };

    /// <summary>
    /// The pod, if memory is sure of it: there was a complete picture, and the pod is in it with the UID asked for.
    /// </summary>
    public Pod? Find(PodKey key, string uid) =>
        Synced && Pods.TryGetValue(key, out var pod) && pod.IsFor(uid) ? pod : null;

    /// <summary>The network, on the same terms.</summary>
    public NetworkAttachmentDefinition? Find(NetworkKey key) => Synced ? Networks.GetValueOrDefault(key) : null;
}
