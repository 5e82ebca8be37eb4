using System.Collections.Immutable;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// Somebody who knows which devices a pod's containers have. Every member may be called from any thread, at once.
/// </summary>
public interface IDeviceSource
{
    /// <summary>
    /// The pod's devices: containers in the pod's order, the devices of one resource of one container sorted by ID.
    /// None for an unknown pod.
    /// </summary>
    /// <param name="uid">Empty when the runtime gave none.</param>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel);
}
