using System.Net;

namespace Multus.Linux.Netlink;

/// <summary>Where a route leads.</summary>
/// <param name="Link">ifindex of the output link; 0 for a route that has none, such as "unreachable".</param>
/// <param name="Gateway">Null for a route on the link itself.</param>
public sealed record RouteHop(int Link, IPAddress? Gateway);
