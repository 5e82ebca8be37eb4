using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Engine.Ports;

/// <summary>The devices that the kubelet has given to pods. Every member may be called from any thread, at
/// once.</summary>
public interface IDevices
{
    /// <summary>
    /// The pod's devices: containers in the pod's order, the devices of one resource of one container sorted by ID.
    /// None for an unknown pod.
    /// </summary>
    /// <param name="pod">Namespace and name.</param>
    /// <param name="uid">Empty when the runtime gave none.</param>
    /// <param name="cancel">Gives the question up.</param>
    /// <exception cref="CniException">Code 11: it could not be found out.</exception>
    Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel);
}
