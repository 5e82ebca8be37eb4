using System.Collections.Immutable;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// Several sources as one: all are asked, and one that cannot answer is an error, for what it would have said is not
/// known. A device that two of them know is there under both names; <see cref="PodDevice.IsSameAs"/> tells.
/// </summary>
/// <param name="sources">The devices of the first come first.</param>
public sealed class JoinedDevices(ImmutableArray<IDeviceSource> sources) : IDeviceSource
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        var devices = ImmutableArray.CreateBuilder<PodDevice>();
        foreach (
            var its in await Task.WhenAll(sources.Select(source => source.ReadAsync(pod, uid, cancel)))
                .ConfigureAwait(false)
        )
            devices.AddRange(its);
        return devices.ToImmutable();
    }
}
