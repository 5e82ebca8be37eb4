using System.Collections.Immutable;

namespace Multus.Core.Devices;

/// <summary>Hands out the devices that kubelet gave to one pod, each once and in order (attach.md §9.1). One pool serves all networks of an ADD.</summary>
/// <param name="devices">For each resource its devices, sorted.</param>
public sealed class DevicePool(ImmutableDictionary<string, ImmutableArray<string>> devices)
{
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);

    public static DevicePool None { get; } = new(ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>The next device of the resource, <c>null</c> when the pod has no more.</summary>
    public string? Take(string resource)
    {
        var used = _used.GetValueOrDefault(resource);
        if (!devices.TryGetValue(resource, out var all) || used >= all.Length)
            return null;
        _used[resource] = used + 1;
        return all[used];
    }
}
