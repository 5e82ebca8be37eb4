using System.Net.Sockets;
using Multus.Linux.Namespaces;
using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>
/// Asks and tells the kernel, by rtnetlink. Opens the socket inside the namespace and talks from outside of it. Free of
/// state: any thread, any number.
/// </summary>
public sealed class RouteTable : IRouteTable
{
    /// <summary>As for links: a dump during which something came or went is partial.</summary>
    private const int MostLooks = 10;

    /// <inheritdoc/>
    public NamespaceView Inspect(string netNsPath)
    {
        for (var looks = 1; ; looks++)
        {
            using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
            try
            {
                return Inspect(socket);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EINTR && looks < MostLooks) { }
        }
    }

    /// <inheritdoc/>
    public void Change(string netNsPath, IReadOnlyList<RouteInfo> remove, IReadOnlyList<RouteInfo> add)
    {
        using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
        Change(socket, remove, add);
    }

    /// <inheritdoc/>
    public void PutInOrder(string netNsPath, IReadOnlyList<string> ifNames)
    {
        using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
        var links = new List<int>(ifNames.Count);
        foreach (var ifName in ifNames)
        {
            if (LinkInspector.Find(socket, ifName) is { } link)
                links.Add(link.Index);
        }

        var misplaced = LinkRouteOrder.Misplaced(V6Routes(netNsPath), links);
        Change(socket, misplaced, misplaced);
    }

    private static List<RouteInfo> V6Routes(string netNsPath)
    {
        for (var looks = 1; ; looks++)
        {
            using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
            var routes = new List<RouteInfo>();
            try
            {
                Dump(socket, RouteMessage.V6, routes);
                return routes;
            }
            catch (NetlinkException e) when (e.Errno == Errno.EINTR && looks < MostLooks) { }
        }
    }

    private static void Change(NetlinkSocket socket, IReadOnlyList<RouteInfo> remove, IReadOnlyList<RouteInfo> add)
    {
        var removed = new List<RouteInfo>();
        var added = new List<RouteInfo>();
        RouteInfo? current = null;
        try
        {
            foreach (var route in remove)
            {
                Delete(socket, current = route);
                removed.Add(route);
            }

            foreach (var route in InOrderOfAdding(add))
            {
                Add(socket, current = route);
                added.Add(route);
            }
        }
        catch (NetlinkException e)
        {
            throw new RouteException(current!, e, Restore(socket, removed, added));
        }
    }

    private static string? Restore(NetlinkSocket socket, List<RouteInfo> removed, List<RouteInfo> added)
    {
        var problems = new List<string>();
        foreach (var route in Enumerable.Reverse(added))
            Try(() => Delete(socket, route), $"{route} could not be removed again", problems);
        foreach (var route in InOrderOfAdding(removed))
            Try(() => Add(socket, route), $"{route} could not be restored", problems);
        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    private static void Try(Action change, string problem, List<string> problems)
    {
        try
        {
            change();
        }
        catch (NetlinkException e)
        {
            problems.Add($"{problem}: {Errno.Describe(e.Errno)}");
        }
    }

    // Of IPv4 routes to one destination with one metric, the one added last comes first; IPv6 makes them one route
    // whose hops are in the order of adding.
    private static IEnumerable<RouteInfo> InOrderOfAdding(IReadOnlyList<RouteInfo> routes) =>
        routes
            .Where(route => route.Family == AddressFamily.InterNetwork)
            .Reverse()
            .Concat(routes.Where(route => route.Family != AddressFamily.InterNetwork));

    private static void Add(NetlinkSocket socket, RouteInfo route) =>
        socket.Tell(RouteMessage.NewRoute, NetlinkSocket.CreateFlag, route.Message.Span, $"RTM_NEWROUTE {route}");

    private static void Delete(NetlinkSocket socket, RouteInfo route) =>
        socket.Tell(RouteMessage.DeleteRoute, 0, route.Message.Span, $"RTM_DELROUTE {route}");

    private static NamespaceView Inspect(NetlinkSocket socket)
    {
        var routes = new List<RouteInfo>();
        foreach (var family in (ReadOnlySpan<byte>)[RouteMessage.V4, RouteMessage.V6])
            Dump(socket, family, routes);
        return new NamespaceView(LinkInspector.Dump(socket), Addresses(socket), routes);
    }

    // Without IPv6 in the kernel, a question about it is answered with all there is: IPv4 once more.
    private static void Dump(NetlinkSocket socket, byte family, List<RouteInfo> routes) =>
        socket.Ask(
            RouteMessage.GetRoute,
            dump: true,
            RouteMessage.RequestAll(family),
            "RTM_GETROUTE of all routes",
            (header, payload) =>
            {
                if (header.Type == RouteMessage.NewRoute && payload.Length > 0 && payload[0] == family)
                    routes.AddRange(RouteMessage.Read(payload));
            }
        );

    private static List<AddressInfo> Addresses(NetlinkSocket socket)
    {
        var addresses = new List<AddressInfo>();
        socket.Ask(
            AddressMessage.GetAddress,
            dump: true,
            AddressMessage.RequestAll(),
            "RTM_GETADDR of all addresses",
            (header, payload) =>
            {
                if (header.Type == AddressMessage.NewAddress && AddressMessage.Read(payload) is { } address)
                    addresses.Add(address);
            }
        );
        return addresses;
    }
}
