namespace Multus.Core.Devices;

/// <summary>One device that the node has given to one container of a pod.</summary>
/// <param name="Container">The container's name; two containers of a pod may hold devices of one resource. Empty when
/// nobody says which it is.</param>
/// <param name="Resource">What a network-attachment-definition asks for: the resource of a device plugin
/// ("vendor.com/vf"), or the name of a claim.</param>
/// <param name="Id">The device as its plugin calls it, for network cards the PCI address.</param>
public sealed record PodDevice(string Container, string Resource, string Id)
{
    /// <summary>The claim that it was allocated for, <c>null</c> for a device plugin's.</summary>
    public DeviceAllocation? Allocation { get; init; }

    /// <summary>
    /// Whether to give both to networks would be to give one device twice, whatever the two are called.
    /// </summary>
    /// <remarks>
    /// An ID counts within its resource, many plugins just number their devices; a PCI address is one device of the
    /// node under any resource.
    /// </remarks>
    public bool IsSameAs(PodDevice other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Allocation is { } mine && other.Allocation is { } its && mine.IsSameAs(its))
            return true;
        return Id == other.Id && (Resource == other.Resource || IsPciAddress(Id));
    }

    // Domain, bus, device and function: "0000:03:02.0", a domain of up to eight digits.
    private static bool IsPciAddress(ReadOnlySpan<char> id) =>
        id.Length is >= 12 and <= 16
        && IsHex(id[..^8])
        && id[^8] == ':'
        && IsHex(id[^7..^5])
        && id[^5] == ':'
        && IsHex(id[^4..^2])
        && id[^2] == '.'
        && id[^1] is >= '0' and <= '7';

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
                return false;
        }

        return true;
    }
}
