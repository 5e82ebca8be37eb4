using System.Collections.Concurrent;
using k8s.Models;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>
/// What the drivers say of this node's devices, in their ResourceSlices: listed once for all who ask for one driver at
/// the same time.
/// </summary>
/// <param name="nodeName">Empty when it is not known: then those of all nodes are listed.</param>
internal sealed class NodeSlices(ApiTransport transport, string nodeName)
{
    private const string Resource = "resourceslices.resource.k8s.io";
    private readonly ConcurrentDictionary<string, CoalescedRun<SliceDevices>> _drivers = new(StringComparer.Ordinal);

    /// <exception cref="KubernetesException">They cannot be listed.</exception>
    public Task<SliceDevices> OfDriverAsync(string driver, CancellationToken cancel) =>
        _drivers.GetOrAdd(driver, name => new CoalescedRun<SliceDevices>(() => ListAsync(name))).RunAsync(cancel);

    // For many callers at once: no one's cancellation ends it. The transport has its own time limit.
    private async Task<SliceDevices> ListAsync(string driver)
    {
        var ofNode = nodeName.Length == 0 ? "" : $"spec.nodeName={nodeName},";
        var selector = Uri.EscapeDataString($"{ofNode}spec.driver={driver}");
        var request = new ApiRequest("list", Resource, $"{ClaimDevices.Root}/resourceslices?fieldSelector={selector}");
        return SliceDevices.Of(
            await transport.ReadAsync<V1ResourceSliceList>(request, CancellationToken.None).ConfigureAwait(false)
        );
    }
}
