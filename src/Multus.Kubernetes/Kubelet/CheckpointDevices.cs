using System.Collections.Immutable;
using System.Text.Json;
using Multus.Core.Devices;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// The file in which the kubelet's device manager keeps what it has given out (attach.md §9.2): what there is where the
/// pod resources service is not. It goes by the pod's UID. Its checksum is the kubelet's own business.
/// </summary>
/// <param name="path">Usually /var/lib/kubelet/device-plugins/kubelet_internal_checkpoint.</param>
public sealed class CheckpointDevices(string path) : IDeviceSource
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<PodDevice>> ReadAsync(PodKey pod, string uid, CancellationToken cancel)
    {
        if (uid.Length == 0)
            throw new KubernetesException(
                $"devices of pod {pod.Namespace}/{pod.Name}: the kubelet's checkpoint goes by UID, and the "
                    + "runtime gave none",
                isTransient: false
            );

        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false));
            var entries = document.RootElement.GetProperty("Data").GetProperty("PodDeviceEntries");
            return entries.ValueKind == JsonValueKind.Null ? [] : DevicesOf(entries, uid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException(
                $"devices of pod {pod.Namespace}/{pod.Name}: error reading file {path}: {e.Message}",
                isTransient: true,
                e
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new KubernetesException(
                $"devices of pod {pod.Namespace}/{pod.Name}: {path} is not a device checkpoint: {e.Message}",
                isTransient: true,
                e
            );
        }
    }

    private static ImmutableArray<PodDevice> DevicesOf(JsonElement entries, string uid)
    {
        var devices = ImmutableArray.CreateBuilder<PodDevice>();
        foreach (var entry in entries.EnumerateArray())
        {
            if (!entry.GetProperty("PodUID").ValueEquals(uid))
                continue;
            var container = entry.GetProperty("ContainerName").GetString() ?? "";
            var resource = entry.GetProperty("ResourceName").GetString() ?? "";
            devices.AddRange(
                IdsOf(entry.GetProperty("DeviceIDs"))
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .Select(id => new PodDevice(container, resource, id))
            );
        }

        return devices.ToImmutable();
    }

    // By NUMA node since 1.20, a plain list before.
    internal static List<string> IdsOf(JsonElement ids)
    {
        var all = new List<string>();
        if (ids.ValueKind == JsonValueKind.Object)
        {
            foreach (var node in ids.EnumerateObject())
                all.AddRange(IdsOf(node.Value));
        }
        else if (ids.ValueKind == JsonValueKind.Array)
        {
            foreach (var id in ids.EnumerateArray())
                all.Add(id.GetString() ?? "");
        }

        return all;
    }
}
