namespace Multus.Linux.Netlink;

/// <summary>What a network namespace holds, each as the kernel lists it.</summary>
/// <param name="Links">By index.</param>
/// <param name="Addresses">IPv4 first.</param>
/// <param name="Routes">IPv4 first, all tables; of two routes to one destination in one table, the one that is taken
/// first.</param>
public sealed record NamespaceView(
    IReadOnlyList<LinkInfo> Links,
    IReadOnlyList<AddressInfo> Addresses,
    IReadOnlyList<RouteInfo> Routes
);
