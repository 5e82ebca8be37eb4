using Multus.Linux.Namespaces;

namespace Multus.Linux.Netlink;

/// <summary>
/// Looks at, and changes, where packets of a network namespace go. Synchronous: called on threads that are there for
/// it.
/// </summary>
public interface IRouteTable
{
    /// <summary>All links, addresses and routes.</summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered.</exception>
    /// <exception cref="NetlinkException">The kernel refused or did not answer.</exception>
    NamespaceView Inspect(string netNsPath);

    /// <summary>
    /// Removes these routes, then adds those; in each list of routes to one destination, the first is the one that the
    /// kernel takes first. All or nothing: when one is refused, what has been done is undone, in the order in which it
    /// was.
    /// </summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered; nothing has changed.</exception>
    /// <exception cref="RouteException">One was refused; nothing has changed unless it says so.</exception>
    void Change(string netNsPath, IReadOnlyList<RouteInfo> remove, IReadOnlyList<RouteInfo> add);

    /// <summary>
    /// Has the routes that the kernel makes alike for every link, fe80::/64 and ff00::/8, be in the order of these
    /// links. All or nothing.
    /// </summary>
    /// <exception cref="NamespaceException">The namespace cannot be entered; nothing has changed.</exception>
    /// <exception cref="NetlinkException">The kernel refused or did not answer; nothing has changed.</exception>
    /// <exception cref="RouteException">A route was refused; nothing has changed unless it says so.</exception>
    void PutInOrder(string netNsPath, IReadOnlyList<string> ifNames);
}
