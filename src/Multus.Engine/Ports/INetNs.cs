using System.Collections.Immutable;
using Multus.Cni;
using Multus.Linux.Netlink;

namespace Multus.Engine.Ports;

/// <summary>The network namespaces of pods. Every member may be called from any thread, at once.</summary>
public interface INetNs
{
    /// <summary>What is at the path now. Reads only.</summary>
    Task<NetNsSnapshot> InspectAsync(string netNs, CancellationToken cancel);

    /// <summary>Requires that all these interface names are free in the namespace. Reads only.</summary>
    /// <param name="netNs">The path of the namespace.</param>
    /// <param name="ifNames">The names.</param>
    /// <param name="mayBeOwn">The namespace may be the one that this process is in, the node's.</param>
    /// <param name="cancel">Gives the question up.</param>
    /// <exception cref="CniException">A name is taken; the namespace is the node's own or cannot be
    /// entered.</exception>
    Task<NetNsSnapshot> RequireFreeAsync(
        string netNs,
        ImmutableArray<string> ifNames,
        bool mayBeOwn,
        CancellationToken cancel
    );

    /// <summary>Every link, address and route of the namespace. Reads only.</summary>
    /// <exception cref="CniException">Code 8: the namespace cannot be entered. Code 5 or 11: the kernel did not
    /// answer.</exception>
    Task<NamespaceView> ListAsync(string netNs, CancellationToken cancel);

    /// <summary>
    /// Removes these routes and adds those, all or nothing. It is not given up half-way. Not to be repeated: to remove
    /// what is gone is refused.
    /// </summary>
    /// <returns>Null when it is done.</returns>
    Task<RouteRefusal?> ChangeRoutesAsync(
        string netNs,
        ImmutableArray<RouteInfo> remove,
        ImmutableArray<RouteInfo> add
    );

    /// <summary>
    /// Puts the routes that the kernel makes alike for every link in the order of these names. May be repeated.
    /// </summary>
    /// <returns>Null when they are in order.</returns>
    Task<RouteRefusal?> OrderLinkRoutesAsync(string netNs, ImmutableArray<string> ifNames);

    /// <summary>Hears of the links that come into the namespace from now on. The caller disposes of it.</summary>
    /// <exception cref="CniException">As <see cref="ListAsync"/>.</exception>
    Task<ILinkWatch> WatchLinksAsync(string netNs);
}

/// <summary>The kernel refused a change of routes. All is as before, unless the error says otherwise.</summary>
/// <param name="Error">What the kernel said.</param>
/// <param name="Route">The route; null when the namespace could not be entered.</param>
/// <param name="IsGatewayUnusable">The route's gateway is in no network of its link, or not another host.</param>
public sealed record RouteRefusal(CniError Error, RouteInfo? Route, bool IsGatewayUnusable);
