using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Kubernetes;

/// <summary>
/// Network-statuses that nobody else writes or takes away, with whose they are: so one is taken back with its sandbox,
/// also by a process that has not written it. Every member may be called from any thread, at once.
/// </summary>
public interface IOwnedStatuses
{
    /// <summary>
    /// As <see cref="IClusterApi.WriteNetworkStatusAsync"/>; the status is this sandbox's from now on.
    /// </summary>
    /// <exception cref="KubernetesException">It is not stored.</exception>
    Task WriteAsync(SandboxId sandbox, PodKey pod, string? uid, string statusJson, CancellationToken cancel);

    /// <summary>
    /// Takes the pod's status away if it is this sandbox's, or nobody knows whose. Clearing what is not there succeeds.
    /// </summary>
    /// <param name="sandbox">Whose status goes.</param>
    /// <param name="pod">Namespace and name.</param>
    /// <param name="uid">The status of another pod of the same name stays; null or empty when unknown.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KubernetesException">It is still there.</exception>
    Task ClearAsync(SandboxId sandbox, PodKey pod, string? uid, CancellationToken cancel);
}
