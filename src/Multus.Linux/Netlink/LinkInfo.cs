namespace Multus.Linux.Netlink;

/// <summary>One network link of a namespace.</summary>
/// <param name="Index">ifindex, unique within the namespace.</param>
/// <param name="Mac">Lower-case hexadecimal bytes with colons (six for Ethernet, twenty for InfiniBand); null for a
/// link without a hardware address.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Kind">The driver's name of virtual links ("veth", "macvlan", "bridge"); null for hardware and
/// loopback.</param>
public sealed record LinkInfo(int Index, string Name, string? Mac, int Mtu, string? Kind);
