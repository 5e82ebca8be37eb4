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
        // While a driver renews a pool the slices of both generations are there; only the newer are true.
        var newest = NewestGenerations(list);
        var all = new SliceDevices();
        foreach (var item in list.Member("items").Elements())
        {
            var spec = item.Member("spec");
            var pool = PoolOf(spec);
            if (GenerationOf(spec) != newest[pool])
                continue;
            foreach (var device in spec.Member("devices").Elements())
                all._devices[(pool, device.Text("name") ?? "")] = DeviceOf(device.Member("attributes"));
        }

        return all;
    }

    public SliceDevice? Find(string pool, string device) => _devices.GetValueOrDefault((pool, device));

    private static SliceDevice DeviceOf(JsonElement attributes) => new(
        attributes.Member(DeviceIdAttribute).Text("string") ?? attributes.Member(PciAttribute).Text("string"),
        attributes.Member(ResourceNameAttribute).Text("string"));

    /// <summary>By the pool's name.</summary>
    private static Dictionary<string, long> NewestGenerations(JsonElement list)
    {
        var newest = new Dictionary<string, long>();
        foreach (var item in list.Member("items").Elements())
        {
            var spec = item.Member("spec");
            newest[PoolOf(spec)] = Math.Max(GenerationOf(spec), newest.GetValueOrDefault(PoolOf(spec), long.MinValue));
        }

        return newest;
    }

    private static string PoolOf(JsonElement spec) => spec.Member("pool").Text("name") ?? "";

    private static long GenerationOf(JsonElement spec) =>
        spec.Member("pool").Member("generation") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var generation) ? generation : 0;
}

/// <summary>What a driver says of one device.</summary>
/// <param name="Id">What the network's plugin is told; <c>null</c> for a device that is none of a network.</param>
/// <param name="Resource">What a network-attachment-definition asks for, <c>null</c> likewise.</param>
internal sealed record SliceDevice(string? Id, string? Resource);
