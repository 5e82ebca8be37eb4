using System.Collections.Immutable;
using Multus.Ctl.Clusters;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Surveys;
using Multus.Kubernetes.Kubelet;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;

namespace Multus.Ctl.Serving;

/// <summary>What the node and the cluster have, each asked for once and only when a network needs it.</summary>
internal sealed class NodeStock(string kubeletDir, ClusterSight? cluster)
{
    private const string OwnNamespace = "/proc/thread-self/ns/net";
    private const string DefaultKubeletDir = "/var/lib/kubelet";

    private (IReadOnlyList<LinkInfo>? Links, string Trouble)? _links;
    private (ImmutableDictionary<string, DeviceCount>? Devices, string Trouble)? _devices;
    private (ImmutableArray<AddressPool>? Pools, string Trouble)? _pools;

    /// <summary>The links of the namespace in which plugins run, the host's; null with the reason.</summary>
    public (IReadOnlyList<LinkInfo>? Links, string Trouble) Links()
    {
        if (_links is { } known)
            return known;
        try
        {
            _links = (new LinkInspector().ListLinks(OwnNamespace), "");
        }
        catch (Exception e) when (e is NamespaceException or NetlinkException)
        {
            _links = (null, $"the node's links: {e.Message}");
        }

        return _links.Value;
    }

    /// <summary>The devices that the kubelet has; null with the reason.</summary>
    public async Task<(ImmutableDictionary<string, DeviceCount>? Devices, string Trouble)> DevicesAsync(
        CancellationToken cancel
    )
    {
        if (_devices is { } known)
            return known;
        try
        {
            var folder = kubeletDir.Length > 0 ? kubeletDir : DefaultKubeletDir;
            _devices = (await new DeviceStock(folder, TimeProvider.System).ReadAsync(cancel), "");
        }
        catch (KubernetesException e)
        {
            _devices = (null, $"devices: {e.Message}");
        }

        return _devices.Value;
    }

    /// <summary>The pools of whereabouts; null with the reason.</summary>
    public async Task<(ImmutableArray<AddressPool>? Pools, string Trouble)> PoolsAsync(CancellationToken cancel)
    {
        if (_pools is { } known)
            return known;
        if (cluster?.Api is not { } api)
            return (_pools = (null, "the pools of whereabouts: they are in an API server, and there is none")).Value;
        try
        {
            _pools = (await api.ListAddressPoolsAsync(cancel), "");
        }
        catch (KubernetesException e)
        {
            _pools = (null, $"the pools of whereabouts: {e.Message}");
        }

        return _pools.Value;
    }
}
