using System.Collections.Immutable;
using System.Text.Json;
using Grpc.Core;
using Multus.Kubernetes.Kubelet.Wire;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// What devices a node has and how many are in use, by resource: the kubelet's word, or that of its checkpoint where
/// its service is not there. Asked once, by somebody who waits for the answer.
/// </summary>
/// <param name="kubeletDir">Usually /var/lib/kubelet.</param>
public sealed class DeviceStock(string kubeletDir, TimeProvider time)
{
    private const int MaxMessage = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _socket = Path.Combine(kubeletDir, "pod-resources", "kubelet.sock");
    private readonly string _checkpoint = Path.Combine(kubeletDir, "device-plugins", "kubelet_internal_checkpoint");

    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public async Task<ImmutableDictionary<string, DeviceCount>> ReadAsync(CancellationToken cancel)
    {
        if (!File.Exists(_socket))
            return ReadCheckpoint();

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var channel = KubeletChannel.To(_socket, MaxMessage);
        var kubelet = new PodResourcesLister.PodResourcesListerClient(channel);
        try
        {
            var there = await kubelet
                .GetAllocatableResourcesAsync(new AllocatableResourcesRequest(), cancellationToken: either.Token)
                .ConfigureAwait(false);
            var given = await kubelet
                .ListAsync(new ListPodResourcesRequest(), cancellationToken: either.Token)
                .ConfigureAwait(false);
            var counts = new Counts();
            foreach (var devices in there.Devices)
                counts.There(devices.ResourceName, devices.DeviceIds);
            foreach (var pod in given.PodResources)
            {
                foreach (var container in pod.Containers)
                {
                    foreach (var devices in container.Devices)
                        counts.Given(devices.ResourceName, devices.DeviceIds);
                }
            }

            return counts.ToImmutable();
        }
        catch (RpcException e)
        {
            throw new KubernetesException(
                $"the kubelet at {_socket} does not say which devices there are: {e.Status.Detail} (gRPC status "
                    + $"{e.StatusCode})",
                isTransient: true,
                e
            );
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new KubernetesException(
                $"the kubelet at {_socket} did not say within {Patience.TotalSeconds:0} s which devices there are",
                isTransient: true,
                e
            );
        }
    }

    // {"Data": {"PodDeviceEntries": […], "RegisteredDevices": {"vendor.com/vf": ["0000:03:02.0", …]}}}
    private ImmutableDictionary<string, DeviceCount> ReadCheckpoint()
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(_checkpoint));
            var data = document.RootElement.GetProperty("Data");
            var counts = new Counts();
            if (data.GetProperty("RegisteredDevices") is { ValueKind: JsonValueKind.Object } registered)
            {
                foreach (var resource in registered.EnumerateObject())
                    counts.There(resource.Name, CheckpointDevices.IdsOf(resource.Value));
            }

            if (data.GetProperty("PodDeviceEntries") is { ValueKind: JsonValueKind.Array } entries)
            {
                foreach (var entry in entries.EnumerateArray())
                    counts.Given(
                        entry.GetProperty("ResourceName").GetString() ?? "",
                        CheckpointDevices.IdsOf(entry.GetProperty("DeviceIDs"))
                    );
            }

            return counts.ToImmutable();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException(
                $"there is no kubelet at {_socket}, and its checkpoint {_checkpoint} cannot be read: {e.Message}",
                isTransient: true,
                e
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new KubernetesException(
                $"{_checkpoint} is not a device checkpoint: {e.Message}",
                isTransient: true,
                e
            );
        }
    }

    private sealed class Counts
    {
        private readonly Dictionary<string, (HashSet<string> There, HashSet<string> Given)> _all = new(
            StringComparer.Ordinal
        );

        public void There(string resource, IEnumerable<string> ids) => Of(resource).There.UnionWith(ids);

        public void Given(string resource, IEnumerable<string> ids) => Of(resource).Given.UnionWith(ids);

        public ImmutableDictionary<string, DeviceCount> ToImmutable()
        {
            var counts = ImmutableDictionary.CreateBuilder<string, DeviceCount>(StringComparer.Ordinal);
            foreach (var (resource, (there, given)) in _all)
                counts[resource] = new DeviceCount(there.Count, given.Count);
            return counts.ToImmutable();
        }

        private (HashSet<string> There, HashSet<string> Given) Of(string resource)
        {
            if (!_all.TryGetValue(resource, out var both))
                _all[resource] = both = ([], []);
            return both;
        }
    }
}

/// <summary>How many devices of one resource a node has.</summary>
/// <param name="There">All that may be given out.</param>
/// <param name="Given">Those that containers have.</param>
public sealed record DeviceCount(int There, int Given);
