using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Ctl.Clusters;
using Multus.Engine.Ports;
using Multus.Kubernetes;
using Multus.Kubernetes.Surveys;

namespace Multus.Ctl.Plans;

/// <summary>
/// The world as a plan sees it: a pod that need not be there yet, networks of its own file before those of the cluster,
/// and as many devices as it may want, for which one it gets is said by a kubelet when it runs.
/// </summary>
/// <param name="file">The manifests that the plan is of.</param>
/// <param name="cluster">Null: there is no way to one.</param>
/// <param name="noCluster">Why; empty when there is one.</param>
internal sealed class PlannedCluster(ManifestSurvey file, ClusterSight? cluster, string noCluster)
    : IPods,
        INetworks,
        IDevices
{
    private const int EnoughDevices = 32;

    private readonly HashSet<string> _resources = new(StringComparer.Ordinal);

    public string Source => cluster?.Description ?? "no cluster";

    public Task<Pod?> FindAsync(PodIdentity pod, CancellationToken cancel) =>
        Task.FromResult(file.Pods.FirstOrDefault(known => known.Pod.Key == pod.Key)?.Pod);

    public async Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindAsync(
        ImmutableArray<NetworkKey> keys,
        bool fromMemory,
        CancellationToken cancel
    )
    {
        var found = ImmutableDictionary.CreateBuilder<NetworkKey, NetworkAttachmentDefinition>();
        foreach (var key in keys)
        {
            var network =
                file.Networks.FirstOrDefault(known => known.Network.Key == key)?.Network
                ?? await FromClusterAsync(key, cancel);
            if (network is null)
                continue;
            found[key] = network;
            if (network.ResourceName is { } resource)
                _resources.Add(resource);
        }

        return found.ToImmutable();
    }

    public Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel) =>
        Task.FromResult<ImmutableArray<PodDevice>>([
            .. _resources.SelectMany(resource =>
                Enumerable.Range(1, EnoughDevices).Select(n => new PodDevice("", resource, $"device {n} of {resource}"))
            ),
        ]);

    private async Task<NetworkAttachmentDefinition?> FromClusterAsync(NetworkKey key, CancellationToken cancel)
    {
        if (cluster is null)
            throw new CniException(
                CniErrorCode.TryAgainLater,
                $"could not read network-attachment-definitions {key}: there is no way to the cluster",
                noCluster
            );
        try
        {
            return await cluster.NetworkAsync(key, cancel);
        }
        catch (Exception e) when (e is KubernetesException or IOException or UnauthorizedAccessException)
        {
            throw new CniException(
                ClusterQuestion.NotReadable($"network-attachment-definitions {key}", cluster.Description, e),
                e
            );
        }
    }
}
