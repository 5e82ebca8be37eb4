using System.Collections.Immutable;
using System.Net.Sockets;

namespace Multus.Linux.Netlink;

/// <summary>
/// The kernel gives every link that is up the same IPv6 routes, fe80::/64 and ff00::/8, in the order in which they came
/// up; the first is taken for packets that name no link. This decides what to remove and to add again so that those of
/// some links are in the order of these. Pure.
/// </summary>
internal static class LinkRouteOrder
{
    private const byte Unicast = 1; // RTN_UNICAST
    private const byte Multicast = 5; // RTN_MULTICAST
    private const byte Kernel = 2; // RTPROT_KERNEL

    /// <param name="routes">As the kernel lists them.</param>
    /// <param name="links">Indexes in the order that is wanted. Routes of other links stay where they are.</param>
    /// <returns>What is removed and then added, in the order of adding; empty when all is in order.</returns>
    public static ImmutableArray<RouteInfo> Misplaced(IReadOnlyList<RouteInfo> routes, IReadOnlyList<int> links)
    {
        var rank = new Dictionary<int, int>(links.Count);
        for (var i = 0; i < links.Count; i++)
            rank.Add(links[i], i);

        var misplaced = ImmutableArray.CreateBuilder<RouteInfo>();
        var alike = routes
            .Where(route => IsTheKernels(route) && rank.ContainsKey(route.Hops[0].Link))
            .GroupBy(route => new Kind(route.Destination, route.PrefixLength, route.Table, route.Type, route.Priority));
        foreach (var group in alike)
        {
            List<RouteInfo> found = [.. group],
                wanted = [.. found];
            // A link has one of a kind.
            wanted.Sort((one, other) => rank[one.Hops[0].Link].CompareTo(rank[other.Hops[0].Link]));
            var inOrder = 0;
            while (inOrder < found.Count && ReferenceEquals(found[inOrder], wanted[inOrder]))
                inOrder++;
            misplaced.AddRange(wanted.GetRange(inOrder, wanted.Count - inOrder));
        }

        return misplaced.ToImmutable();
    }

    private static bool IsTheKernels(RouteInfo route) =>
        route
            is {
                Protocol: Kernel,
                Type: Unicast or Multicast,
                Family: AddressFamily.InterNetworkV6,
                IsSelective: false,
                Hops: [{ Gateway: null }]
            };

    /// <summary>What makes routes alternatives of one another.</summary>
    private sealed record Kind(
        System.Net.IPAddress? Destination,
        int PrefixLength,
        uint Table,
        byte Type,
        uint Priority
    );
}
