using System.Collections.Immutable;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Transport;
using Multus.Kubernetes.Kubelet;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>
/// The devices that a pod's ResourceClaims were given (<c>resource.k8s.io/v1</c>): the claims say which, the drivers'
/// ResourceSlices say what the network's plugin is to be told, under the attributes that upstream reads. Where the
/// server has no such objects, or does not let us see them, there are none, and a warning says so once.
/// </summary>
internal sealed class ClaimDevices(ApiTransport transport, string nodeName, ILogger log) : IDeviceSource
{
    public const string Root = "/apis/resource.k8s.io/v1";

    private readonly NodeSlices _slices = new(transport, nodeName);
    private int _isWarned;

    /// <inheritdoc/>
    public async Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        if (!KubernetesNames.IsLabel(pod.Namespace) || !KubernetesNames.IsSubdomain(pod.Name))
            return []; // no object can have such a name

        var claims = await ClaimsOfAsync(pod, cancel).ConfigureAwait(false);
        if (claims.IsEmpty)
            return [];
        try
        {
            var devices = await Task.WhenAll(claims.Select(claim => DevicesOfAsync(pod.Namespace, claim, cancel)))
                .ConfigureAwait(false);
            Volatile.Write(ref _isWarned, 0);
            return [.. devices.SelectMany(its => its)];
        }
        catch (KubernetesException e) when (e.Status is 403 or 404)
        {
            if (Interlocked.Exchange(ref _isWarned, 1) == 0)
                ClaimLog.LeftOut(log, e.Message);
            return [];
        }
    }

    private async Task<ImmutableArray<PodClaim>> ClaimsOfAsync(PodKey pod, CancellationToken cancel)
    {
        var request = new ApiRequest("get", "pods", $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}")
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
        };
        try
        {
            return PodClaim.Of(await transport.ReadAsync<ClaimingPod>(request, cancel).ConfigureAwait(false));
        }
        catch (KubernetesException e) when (e.IsNoSuchObject)
        {
            return []; // a static pod whose mirror is not there yet has no claims
        }
    }

    private async Task<List<PodDevice>> DevicesOfAsync(string ns, PodClaim claim, CancellationToken cancel)
    {
        var request = new ApiRequest(
            "get",
            "resourceclaims.resource.k8s.io",
            $"{Root}/namespaces/{ns}/resourceclaims/{Uri.EscapeDataString(claim.Name)}"
        )
        {
            Namespace = ns,
            Name = claim.Name,
        };
        var allocated = AllocatedDevice.Of(
            await transport.ReadAsync<Resourcev1ResourceClaim>(request, cancel).ConfigureAwait(false)
        );
        var devices = new List<PodDevice>();
        foreach (var device in allocated)
        {
            var slices = await _slices.OfDriverAsync(device.Driver, cancel).ConfigureAwait(false);
            if (slices.Find(device.Pool, device.Device) is not { } known)
                ClaimLog.NotInSlice(log, device.ToString(), $"{ns}/{claim.Name}");
            else if (known.Id is { } id)
                devices.AddRange(
                    Used(claim, device, known, id)
                        .Select(its =>
                            its with
                            {
                                Allocation = new DeviceAllocation($"{ns}/{claim.Name}", device.ToString()),
                            }
                        )
                );
        }

        return devices;
    }

    // A device that says no resource, of a use that names none, is no network's: a claim may be for a GPU as well.
    private static IEnumerable<PodDevice> Used(PodClaim claim, AllocatedDevice device, SliceDevice known, string id) =>
        from use in claim.Uses
        where use.Covers(device.Request)
        let resource = use.Resource ?? known.Resource
        where resource is not null
        select new PodDevice(use.Container, resource, id);
}
