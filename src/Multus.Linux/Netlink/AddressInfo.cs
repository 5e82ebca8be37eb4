using System.Net;

namespace Multus.Linux.Netlink;

/// <summary>One address of a link.</summary>
/// <param name="Link">ifindex.</param>
/// <param name="Address">The link's own, not its peer's.</param>
public sealed record AddressInfo(int Link, IPAddress Address, int PrefixLength);
