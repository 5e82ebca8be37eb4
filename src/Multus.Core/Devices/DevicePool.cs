using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Devices;

/// <summary>
/// Hands out the devices that one pod has, each once: those that a network names to that network, the others in order
/// (attach.md §9.1). One pool serves all networks of an ADD.
/// </summary>
/// <param name="devices">In the order in which they are handed out.</param>
/// <param name="named">The IDs that the pod names for one of its networks: kept for those.</param>
public sealed class DevicePool(ImmutableArray<PodDevice> devices, IEnumerable<string> named)
{
    private readonly HashSet<string> _named = [.. named];
    private readonly List<Given> _given = [];

    public static DevicePool None => new([], []);

    /// <summary>
    /// A device of the resource: the one that the selection names, if the pod has it, else the next, of the container
    /// that it names if it names one; <c>null</c> when there is none left.
    /// </summary>
    /// <param name="network">Who gets it, for the message when somebody else asks for the same.</param>
    /// <exception cref="CniException">Code 7: the container has no such device, or another network has the
    /// device.</exception>
    public string? Take(string resource, NetworkSelection? selection, string network)
    {
        var all = devices.Where(device => device.Resource == resource).ToList();
        if (selection?.DeviceContainer is { } container)
            all = OfContainer(container, all, resource, network);

        var chosen = all.Find(device => device.Id == selection?.DeviceId);
        if (chosen is not null && HolderOf(chosen) is { } holder)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {network} names device {chosen.Id} of {resource}, which network {holder} has",
                "a device is given to one network only: let one of them name another, or none"
            );
        }

        chosen ??= all.Find(device => !_named.Contains(device.Id) && HolderOf(device) is null);
        if (chosen is null)
            return null;
        _given.Add(new Given(chosen, network));
        return chosen.Id;
    }

    private static List<PodDevice> OfContainer(string container, List<PodDevice> all, string resource, string network)
    {
        var its = all.FindAll(device => device.Container == container);
        if (its.Count > 0)
            return its;
        var holders = string.Join(", ", all.Select(device => device.Container).Distinct());
        throw new CniException(
            CniErrorCode.InvalidNetworkConfig,
            $"network {network} is to take a device of {resource} of container '{container}', which has none",
            holders.Length == 0 ? "no container of the pod has one" : $"containers that have one: {holders}"
        );
    }

    private string? HolderOf(PodDevice device) => _given.Find(given => given.Device.IsSameAs(device))?.Network;

    private sealed record Given(PodDevice Device, string Network);
}
