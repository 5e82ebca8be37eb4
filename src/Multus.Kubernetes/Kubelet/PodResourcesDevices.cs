using System.Collections.Immutable;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Kubernetes.Kubelet.Wire;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// The kubelet's own word on devices: its pod resources service (attach.md §9.2). Asks for the one pod where the
/// kubelet answers that (1.34 and later do by default); else lists the whole node, once for all who ask at the same
/// time.
/// </summary>
public sealed class PodResourcesDevices : IDeviceSource, IDisposable
{
    // A node's list; upstream stops at 16 MiB, and large nodes have been larger.
    private const int MaxMessage = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RateLimitPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TryGetAgainAfter = TimeSpan.FromMinutes(10); // the kubelet may have been updated

    private readonly string _socket;
    private readonly GrpcChannel _channel;
    private readonly PodResourcesLister.PodResourcesListerClient _kubelet;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CoalescedRun<ListPodResourcesResponse> _list;
    private readonly Lock _gate = new();
    private long? _getRefusedAt;

    /// <param name="socket">Usually /var/lib/kubelet/pod-resources/kubelet.sock.</param>
    public PodResourcesDevices(string socket, TimeProvider time, ILogger log)
    {
        _socket = socket;
        _channel = KubeletChannel.To(socket, MaxMessage);
        _kubelet = new PodResourcesLister.PodResourcesListerClient(_channel);
        _time = time;
        _log = log;
        _list = new CoalescedRun<ListPodResourcesResponse>(ListAsync);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        if (pod.Name.Length == 0 || pod.Namespace.Length == 0)
            throw new KubernetesException(
                "devices can be asked for by namespace and name of the pod only; the runtime gave none",
                isTransient: false
            );

        try
        {
            var found =
                await GetAsync(pod, cancel).ConfigureAwait(false)
                ?? (await _list.RunAsync(cancel).ConfigureAwait(false)).PodResources.FirstOrDefault(p =>
                    p.Name == pod.Name && p.Namespace == pod.Namespace
                );
            return found is null ? [] : DevicesOf(found);
        }
        catch (RpcException e)
        {
            throw new KubernetesException(
                $"the kubelet at {_socket} does not say which devices pod {pod.Namespace}/{pod.Name} has: "
                    + $"{e.Status.Detail} (gRPC status {e.StatusCode})",
                isTransient: true,
                e
            );
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new KubernetesException(
                $"the kubelet at {_socket} did not say within {Patience.TotalSeconds:0} s which devices pod "
                    + $"{pod.Namespace}/{pod.Name} has",
                isTransient: true,
                e
            );
        }
    }

    public void Dispose() => _channel.Dispose();

    /// <returns>Null if the kubelet does not answer such questions; then the list has to do.</returns>
    private async Task<PodResources?> GetAsync(PodKey pod, CancellationToken cancel)
    {
        if (IsGetRefused())
            return null;

        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var request = new GetPodResourcesRequest { PodName = pod.Name, PodNamespace = pod.Namespace };
            return (
                await _kubelet.GetAsync(request, cancellationToken: either.Token).ConfigureAwait(false)
            ).PodResources;
        }
        catch (RpcException e)
            when (e.StatusCode == StatusCode.Unimplemented
                || e.Status.Detail.Contains("disabled", StringComparison.Ordinal)
            )
        {
            KubeletLog.GetRefused(_log, e.Status.Detail);
            lock (_gate)
                _getRefusedAt = _time.GetTimestamp();
            return null;
        }
        catch (RpcException e) when (e.StatusCode is not (StatusCode.Unavailable or StatusCode.DeadlineExceeded))
        {
            // Older kubelets answer "pod not found" with a code of their own, and busy ones refuse; the list is sure.
            return null;
        }
    }

    private bool IsGetRefused()
    {
        lock (_gate)
            return _getRefusedAt is { } at && _time.GetElapsedTime(at) < TryGetAgainAfter;
    }

    // For many callers at once: no one's cancellation ends it. The kubelet answers ten questions at once and a hundred
    // a second; whose Get is one too many comes here, and all of them are one question more, for which there is room
    // soon.
    private async Task<ListPodResourcesResponse> ListAsync()
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        while (true)
        {
            try
            {
                return await _kubelet
                    .ListAsync(new ListPodResourcesRequest(), cancellationToken: limit.Token)
                    .ConfigureAwait(false);
            }
            catch (RpcException e) when (IsRateLimit(e))
            {
                await Task.Delay(RateLimitPause, _time, limit.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (limit.IsCancellationRequested)
                    throw;
            }
        }
    }

    private static bool IsRateLimit(RpcException e) =>
        e.StatusCode == StatusCode.ResourceExhausted
        && e.Status.Detail.Contains("rate limit", StringComparison.Ordinal);

    private ImmutableArray<PodDevice> DevicesOf(PodResources pod)
    {
        var devices = ImmutableArray.CreateBuilder<PodDevice>();
        foreach (var container in pod.Containers)
        {
            var its = container
                .Devices.SelectMany(device =>
                    device.DeviceIds.Select(id => new PodDevice(container.Name, device.ResourceName, id))
                )
                .Concat(container.DynamicResources.SelectMany(claim => ClaimedDevices(container.Name, claim)));
            devices.AddRange(
                its.Distinct()
                    .GroupBy(device => device.Resource)
                    .SelectMany(resource => resource.OrderBy(device => device.Id, StringComparer.Ordinal))
            );
        }

        return devices.ToImmutable();
    }

    // A CDI device is "vendor/class=name"; what the network's plugin is told is the name.
    private IEnumerable<PodDevice> ClaimedDevices(string container, DynamicResource claim)
    {
        foreach (var allocated in claim.ClaimResources)
        {
            var device =
                allocated.DeviceName.Length == 0
                    ? null
                    : $"{allocated.DriverName}/{allocated.PoolName}/{allocated.DeviceName}";
            foreach (var name in allocated.CdiDevices.Select(cdi => cdi.Name))
            {
                var parts = name.Split('=');
                if (parts.Length == 2)
                    yield return new PodDevice(container, claim.ClaimName, parts[1])
                    {
                        Allocation = new DeviceAllocation($"{claim.ClaimNamespace}/{claim.ClaimName}", device),
                    };
                else
                    KubeletLog.CdiNameUnreadable(_log, name, claim.ClaimName);
            }
        }
    }
}
