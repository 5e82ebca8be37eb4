using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>The kernel refused to remove or to add a route.</summary>
/// <param name="route">The one that was refused.</param>
/// <param name="notRestored">What could not be undone of the changes before it, or null: then the namespace is as it
/// was.</param>
public sealed class RouteException(RouteInfo route, NetlinkException cause, string? notRestored = null)
    : Exception(notRestored is null ? cause.Message : $"{cause.Message}; {notRestored}", cause)
{
    public RouteInfo Route { get; } = route;

    public int Errno { get; } = cause.Errno;

    public bool IsTransient { get; } = cause.IsTransient;

    /// <summary>
    /// Whether no neighbour on the link can be the gateway: it is in none of the link's networks, or is the link's own
    /// address.
    /// </summary>
    public bool IsGatewayUnusable =>
        Errno is Native.Errno.ENETUNREACH or Native.Errno.EHOSTUNREACH or Native.Errno.EINVAL;
}
