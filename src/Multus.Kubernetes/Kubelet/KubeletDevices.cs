using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// Devices from the kubelet: its pod resources service where the socket is there, its checkpoint file otherwise, as
/// upstream has it.
/// </summary>
public sealed class KubeletDevices : IDeviceSource, IDisposable
{
    private readonly string _socket;
    private readonly string _checkpoint;
    private readonly ILogger _log;
    private readonly PodResourcesDevices _service;
    private readonly CheckpointDevices _file;

    /// <param name="kubeletDir">Usually /var/lib/kubelet.</param>
    public KubeletDevices(string kubeletDir, TimeProvider time, ILogger log)
    {
        _socket = Path.Combine(kubeletDir, "pod-resources", "kubelet.sock");
        _checkpoint = Path.Combine(kubeletDir, "device-plugins", "kubelet_internal_checkpoint");
        _log = log;
        _service = new PodResourcesDevices(_socket, time, log);
        _file = new CheckpointDevices(_checkpoint);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        if (File.Exists(_socket)) // looked at each time: the kubelet makes its socket anew when it restarts
            return _service.ReadAsync(pod, uid, cancel);

        KubeletLog.UsingCheckpoint(_log, _socket, _checkpoint);
        return _file.ReadAsync(pod, uid, cancel);
    }

    public void Dispose() => _service.Dispose();
}
