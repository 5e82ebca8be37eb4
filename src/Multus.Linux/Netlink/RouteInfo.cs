using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Multus.Linux.Netlink;

/// <summary>
/// One route of a namespace, IPv4 or IPv6, of any table. An IPv6 route with several next hops is several routes, as it
/// is to the kernel; an IPv4 one, or one whose hops are a next-hop object, is one with several hops.
/// </summary>
/// <param name="Destination">The network address; all zeros for a default route, never IPv4 inside IPv6.</param>
/// <param name="PrefixLength">0 for a default route.</param>
/// <param name="Table">254 is "main", 255 "local"; rules may lead to any other.</param>
/// <param name="Type">RTN_…: 1 for the ordinary route that leads to <paramref name="Hops"/>.</param>
/// <param name="Protocol">RTPROT_…: who made it; 2 is the kernel itself, 3 what plugins say.</param>
/// <param name="Scope">RT_SCOPE_…: 0 beyond a gateway, 253 on the link; always 0 for IPv6.</param>
/// <param name="Priority">The metric: of two routes to one destination, the lower wins.</param>
/// <param name="IsSelective">Whether it is for some packets to the destination only: by their source address, or type
/// of service.</param>
public sealed record RouteInfo(
    IPAddress Destination,
    int PrefixLength,
    uint Table,
    byte Type,
    byte Protocol,
    byte Scope,
    uint Priority,
    bool IsSelective,
    ImmutableArray<RouteHop> Hops
)
{
    public const uint MainTable = 254;

    private const byte Unicast = 1;

    /// <summary>Whether it is where all goes that no other route of the main table is for.</summary>
    public bool IsMainDefault => PrefixLength == 0 && Table == MainTable && Type == Unicast && !IsSelective;

    public AddressFamily Family => Destination.AddressFamily;

    /// <summary>
    /// The request that adds or deletes exactly this route: what the kernel said of it, with everything that we do not
    /// look at.
    /// </summary>
    internal ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>
    /// The default route of the main table through a gateway, as plugins make it: no metric, so the kernel's own for
    /// IPv6.
    /// </summary>
    public static RouteInfo Default(IPAddress gateway, int link)
    {
        var isV6 = gateway.AddressFamily == AddressFamily.InterNetworkV6;
        return new RouteInfo(
            isV6 ? IPAddress.IPv6Any : IPAddress.Any,
            0,
            MainTable,
            Unicast,
            RouteMessage.BootProtocol,
            0,
            0,
            false,
            [new RouteHop(link, gateway)]
        )
        {
            Message = RouteMessage.Default(gateway, link),
        };
    }

    /// <summary>
    /// As <c>ip route</c> says it, with the number of the link: <c>10.1.0.0/16 via 10.9.0.1 link 3</c>.
    /// </summary>
    public override string ToString() =>
        $"{(PrefixLength == 0 ? "default" : $"{Destination}/{PrefixLength}")}"
        + string.Concat(Hops.Select(hop => $"{(hop.Gateway is { } gateway ? $" via {gateway}" : "")} link {hop.Link}"))
        + (Table == MainTable ? "" : $" table {Table}");
}
