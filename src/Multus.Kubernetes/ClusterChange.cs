using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes;

/// <summary>What a cluster says of itself, in the order in which it became true.</summary>
public abstract record ClusterChange
{
    private ClusterChange()
    {
        // closed: the cases below are all there are
    }

    /// <summary>
    /// A complete picture; what was known before is void, and from here on the receiver's picture is fresh.
    /// </summary>
    public sealed record Replaced(ImmutableArray<Pod> Pods, ImmutableArray<NetworkAttachmentDefinition> Networks)
        : ClusterChange;

    /// <summary>A pod is new or has changed.</summary>
    public sealed record PodChanged(Pod Pod) : ClusterChange;

    public sealed record PodGone(PodKey Key) : ClusterChange;

    /// <summary>A network is new or has changed.</summary>
    public sealed record NetworkChanged(NetworkAttachmentDefinition Network) : ClusterChange;

    public sealed record NetworkGone(NetworkKey Key) : ClusterChange;

    /// <summary>Changes may be missed from here on, until the next <see cref="Replaced"/>.</summary>
    public sealed record Disconnected(string Reason) : ClusterChange
    {
        /// <summary>The cluster does not answer, as against: answers, and refuses.</summary>
        public bool IsOutage { get; init; }
    }
}
