using System.Text.RegularExpressions;

namespace Multus.Core.Devices;

/// <summary>One device that the node has given to one container of a pod.</summary>
/// <param name="Container">The container's name; two containers of a pod may hold devices of one resource. Empty when nobody says which it is.</param>
/// <param name="Resource">What a network-attachment-definition asks for: the resource of a device plugin ("vendor.com/vf"), or the name of a claim.</param>
/// <param name="Id">The device as its plugin calls it, for network cards the PCI address.</param>
public sealed partial record PodDevice(string Container, string Resource, string Id)
{
    /// <summary>The claim that it was allocated for, <c>null</c> for a device plugin's.</summary>
    public DeviceAllocation? Allocation { get; init; }

    /// <summary>Whether to give both to networks would be to give one device twice, whatever the two are called.</summary>
    /// <remarks>An ID counts within its resource, many plugins just number their devices; a PCI address is one device of the node under any resource.</remarks>
    public bool IsSameAs(PodDevice other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Allocation is { } mine && other.Allocation is { } its && mine.IsSameAs(its))
            return true;
        return Id == other.Id && (Resource == other.Resource || PciAddress().IsMatch(Id));
    }

    [GeneratedRegex(@"^[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7]$")]
    private static partial Regex PciAddress();
}
