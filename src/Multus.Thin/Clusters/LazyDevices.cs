using System.Collections.Immutable;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Kubernetes.Kubelet;

namespace Multus.Thin.Clusters;

/// <summary>The devices of pods, from the kubelet; who knows them is found out at the first question.</summary>
internal sealed class LazyDevices : IDevices, IDisposable
{
    private readonly Lazy<NodeDevices> _devices;

    private LazyDevices(string kubeletDir, LazyCluster cluster, TimeProvider time, ILoggerFactory logs) =>
        _devices = new Lazy<NodeDevices>(() => NodeDevices.Of(kubeletDir, cluster.Api(), time, logs));

    /// <returns>Null: nobody knows devices, as in a cluster of manifests that names no kubelet.</returns>
    public static LazyDevices? Of(ThinSettings settings, LazyCluster cluster, TimeProvider time, ILoggerFactory logs) =>
        settings.HasCluster && (settings.KubeletDir.Length > 0 || !cluster.IsFolder)
            ? new LazyDevices(settings.KubeletDir, cluster, time, logs)
            : null;

    public Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel) =>
        new DevicePort(_devices.Value.Source!).ReadAsync(pod, uid, cancel);

    public void Dispose()
    {
        if (_devices.IsValueCreated)
            _devices.Value.Dispose();
    }
}
