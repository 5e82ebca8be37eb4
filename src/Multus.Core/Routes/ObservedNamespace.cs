using System.Collections.Immutable;
using System.Net;

namespace Multus.Core.Routes;

/// <summary>What was found in a pod's network namespace.</summary>
/// <param name="Links">Their names.</param>
/// <param name="Routes">Of all tables.</param>
public sealed record ObservedNamespace(
    ImmutableArray<string> Links,
    ImmutableArray<ObservedAddress> Addresses,
    ImmutableArray<ObservedRoute> Routes
);

/// <param name="Link">The name of the link that has it.</param>
public sealed record ObservedAddress(string Link, IPAddress Address);

/// <param name="IsDefault">Whether it is a default route of the main table, for all packets.</param>
/// <param name="Hops">More than one, or none, are seldom.</param>
public sealed record ObservedRoute(
    IPAddress Destination,
    int PrefixLength,
    uint Table,
    bool IsDefault,
    ImmutableArray<ObservedHop> Hops
);

/// <param name="Link">The name of the link that it leads over.</param>
/// <param name="Gateway">Null on the link itself.</param>
public sealed record ObservedHop(string Link, IPAddress? Gateway);
