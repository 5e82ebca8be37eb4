using k8s.Models;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>The devices of one driver on one node, as far as networks are concerned.</summary>
internal sealed class SliceDevices
{
    private const string DeviceIdAttribute = "k8s.cni.cncf.io/deviceID";
    private const string ResourceNameAttribute = "k8s.cni.cncf.io/resourceName";

    // What every driver of PCI devices is to publish.
    private const string PciAttribute = "resource.kubernetes.io/pciBusID";

    private readonly Dictionary<(string Pool, string Device), SliceDevice> _devices = [];

    public static SliceDevices Of(V1ResourceSliceList list)
    {
        // While a driver renews a pool the slices of both generations are there; only the newer are true.
        var newest = NewestGenerations(list);
        var all = new SliceDevices();
        foreach (var spec in SpecsOf(list))
        {
            var pool = PoolOf(spec);
            if (GenerationOf(spec) != newest[pool])
                continue;
            foreach (var device in spec.Devices ?? [])
                all._devices[(pool, device.Name ?? "")] = DeviceOf(
                    device.Attributes ?? new Dictionary<string, V1DeviceAttribute>()
                );
        }

        return all;
    }

    public SliceDevice? Find(string pool, string device) => _devices.GetValueOrDefault((pool, device));

    private static SliceDevice DeviceOf(IDictionary<string, V1DeviceAttribute> attributes) =>
        new(
            TextOf(attributes, DeviceIdAttribute) ?? TextOf(attributes, PciAttribute),
            TextOf(attributes, ResourceNameAttribute)
        );

    private static string? TextOf(IDictionary<string, V1DeviceAttribute> attributes, string name) =>
        attributes.TryGetValue(name, out var attribute) && attribute?.StringValue is { Length: > 0 } text ? text : null;

    private static IEnumerable<V1ResourceSliceSpec> SpecsOf(V1ResourceSliceList list) =>
        (list.Items ?? []).Select(slice => slice.Spec).OfType<V1ResourceSliceSpec>();

    /// <summary>By the pool's name.</summary>
    private static Dictionary<string, long> NewestGenerations(V1ResourceSliceList list)
    {
        var newest = new Dictionary<string, long>();
        foreach (var spec in SpecsOf(list))
            newest[PoolOf(spec)] = Math.Max(GenerationOf(spec), newest.GetValueOrDefault(PoolOf(spec), long.MinValue));

        return newest;
    }

    private static string PoolOf(V1ResourceSliceSpec spec) => spec.Pool?.Name ?? "";

    private static long GenerationOf(V1ResourceSliceSpec spec) => spec.Pool?.Generation ?? 0;
}

/// <summary>What a driver says of one device.</summary>
/// <param name="Id">What the network's plugin is told; <c>null</c> for a device that is none of a network.</param>
/// <param name="Resource">What a network-attachment-definition asks for, <c>null</c> likewise.</param>
internal sealed record SliceDevice(string? Id, string? Resource);
