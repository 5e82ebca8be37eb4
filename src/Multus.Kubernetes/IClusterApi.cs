using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes;

/// <summary>The cluster as this node sees it. Every member may be called from any thread, at once.</summary>
public interface IClusterApi
{
    /// <summary>What the cluster is, for a log line: "the manifests in /etc/multus/manifests".</summary>
    string Description { get; }

    /// <summary>
    /// Whether a read costs next to nothing: then who needs to know reads, and what was said by
    /// <see cref="WatchAsync"/> is only what is left when reading fails. It is out of date for as long as a
    /// notification takes.
    /// </summary>
    bool IsAvailable => false;

    /// <summary>
    /// Whether nobody else writes network-status there, so that it has to follow what clients plug into running pods
    /// and out again.
    /// </summary>
    bool IsStatusOurs => false;

    /// <summary>
    /// What there is of the cluster and cannot be used until somebody mends it, for people to read; none when all is
    /// well.
    /// </summary>
    Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// Says what there is, then what changes, until cancelled, which ends the task without an exception.
    /// <paramref name="onChange"/> is called one change at a time and must return quickly: it hands the change on.
    /// </summary>
    Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancel);

    /// <summary>Reads the pod as it is now; <c>null</c> when it does not exist.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    Task<Pod?> GetPodAsync(PodKey key, CancellationToken cancel);

    /// <summary>Reads the network as it is now; <c>null</c> when it does not exist.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel);

    /// <summary>
    /// Stores the value of the pod's network-status annotation; the same value again changes nothing.
    /// </summary>
    /// <param name="uid">The pod that the status is about, <c>null</c> or empty when unknown. Another pod's status is
    /// never written.</param>
    /// <param name="annotation">The annotation's key, which differs between dialects.</param>
    /// <exception cref="KubernetesException">It is not stored.</exception>
    Task WriteNetworkStatusAsync(
        PodKey pod,
        string? uid,
        string annotation,
        string statusJson,
        CancellationToken cancel
    );

    /// <summary>
    /// Takes the status away after DEL, where nothing else does: on an API server it goes with the pod, and nothing is
    /// done. Clearing what is not there succeeds.
    /// </summary>
    /// <param name="uid">As above: the status of another pod of the same name stays.</param>
    /// <param name="annotation">As above.</param>
    /// <exception cref="KubernetesException">It is still there.</exception>
    Task ClearNetworkStatusAsync(PodKey pod, string? uid, string annotation, CancellationToken cancel);
}
