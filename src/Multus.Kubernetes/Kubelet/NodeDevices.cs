using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Folder;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// Who is asked for the devices of pods: the kubelet, and for those of ResourceClaims the API server, where there is
/// one.
/// </summary>
/// <remarks>
/// A cluster of manifests may well be without a kubelet; there only the one that the configuration names counts.
/// </remarks>
public sealed class NodeDevices : IDisposable
{
    private const string DefaultKubeletDir = "/var/lib/kubelet";

    private readonly KubeletDevices? _kubelet;

    private NodeDevices(KubeletDevices? kubelet, IDeviceSource? source)
    {
        _kubelet = kubelet;
        Source = source;
    }

    /// <summary><c>null</c>: nobody; networks that take a device are refused.</summary>
    public IDeviceSource? Source { get; }

    /// <param name="kubeletDir">Empty for the usual one.</param>
    /// <param name="cluster">Where pods and networks come from.</param>
    public static NodeDevices Of(string kubeletDir, IClusterApi cluster, TimeProvider time, ILoggerFactory logs)
    {
        if (kubeletDir.Length == 0 && cluster is FolderCluster)
            return new NodeDevices(null, null);

        var kubelet = new KubeletDevices(
            kubeletDir.Length == 0 ? DefaultKubeletDir : kubeletDir,
            time,
            logs.CreateLogger<KubeletDevices>()
        );
        return new NodeDevices(
            kubelet,
            cluster is ApiCluster api ? new JoinedDevices([kubelet, api.ClaimedDevices]) : kubelet
        );
    }

    public void Dispose() => _kubelet?.Dispose();
}
