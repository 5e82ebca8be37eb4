using Multus.Core.Pods;

namespace Multus.Kubernetes;

/// <summary>Where Kubernetes events go. May be called from any thread, at once.</summary>
public interface IClusterEvents
{
    /// <summary>Stores one event. Sent again after a failure, it may be there twice.</summary>
    /// <exception cref="KubernetesException">It is not stored, or nobody knows.</exception>
    Task PostAsync(ClusterEvent happened, CancellationToken cancel);
}

/// <summary>Something that whoever looks at a pod, or at a node, should see.</summary>
/// <param name="PodUid">Empty or <c>null</c> when unknown; then kubectl describe does not find the event.</param>
/// <param name="Reason">One word for programs: upstream's are AddedInterface and NoNetworkFound.</param>
/// <param name="Message">For people; at most 1024 characters of it are kept.</param>
/// <param name="Count">How often it happened between the two times.</param>
public sealed record ClusterEvent(
    PodKey Pod,
    string? PodUid,
    bool IsWarning,
    string Reason,
    string Message,
    DateTimeOffset First,
    DateTimeOffset Last,
    int Count
)
{
    /// <summary>
    /// Stands for a pod in what concerns this daemon's node and no pod. Events of nodes are kept in the namespace
    /// <c>default</c>, as kubelet's are.
    /// </summary>
    public static PodKey Node { get; } = new("default", "");

    /// <summary>Whether it concerns the node.</summary>
    public bool IsOfNode => Pod == Node;
}
