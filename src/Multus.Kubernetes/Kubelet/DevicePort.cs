using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Engine.Ports;

namespace Multus.Kubernetes.Kubelet;

/// <summary>The engine's view of devices: it asks a <see cref="IDeviceSource"/>.</summary>
public sealed class DevicePort(IDeviceSource source) : IDevices
{
    public async Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        try
        {
            return await source.ReadAsync(pod, uid, cancel).ConfigureAwait(false);
        }
        catch (KubernetesException e)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    e.Message,
                    "a network of the pod takes a device, and which one cannot be found out"
                ),
                e
            );
        }
    }
}
