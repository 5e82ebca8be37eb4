using System.Text.Json;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>The devices of one driver on one node, as far as networks are concerned.</summary>
internal sealed class SliceDevices
{
    private const string DeviceIdAttribute = "k8s.cni.cncf.io/deviceID";
    private const string ResourceNameAttribute = "k8s.cni.cncf.io/resourceName";
    private const string PciAttribute = "resource.kubernetes.io/pciBusID"; // what every driver of PCI devices is to publish

    private readonly Dictionary<(string Pool, string Device), SliceDevice> _devices = [];

    /// <param name="list">A ResourceSliceList, <c>resource.k8s.io/v1</c>.</param>
    public static SliceDevices Of(JsonElement list)
    {
        var all = new SliceDevices();
        foreach (var pool in list.Member("items").Elements().Select(item => item.Member("spec")).GroupBy(spec => spec.Member("pool").Text("name") ?? ""))
        {
            // While a driver renews a pool the slices of both generations are there; only the newer are true.
            var newest = pool.Max(GenerationOf);
            foreach (var device in pool.Where(spec => GenerationOf(spec) == newest).SelectMany(spec => spec.Member("devices").Elements()))
                all._devices[(pool.Key, device.Text("name") ?? "")] = DeviceOf(device.Member("attributes"));
        }

        return all;
    }

    public SliceDevice? Find(string pool, string device) => _devices.GetValueOrDefault((pool, device));

    private static SliceDevice DeviceOf(JsonElement attributes) => new(
        attributes.Member(DeviceIdAttribute).Text("string") ?? attributes.Member(PciAttribute).Text("string"),
        attributes.Member(ResourceNameAttribute).Text("string"));

    private static long GenerationOf(JsonElement spec) =>
        spec.Member("pool").Member("generation") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var generation) ? generation : 0;
}

/// <summary>What a driver says of one device.</summary>
/// <param name="Id">What the network's plugin is told; <c>null</c> for a device that is none of a network.</param>
/// <param name="Resource">What a network-attachment-definition asks for, <c>null</c> likewise.</param>
internal sealed record SliceDevice(string? Id, string? Resource);
