using System.Collections.Immutable;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>An IPPool of whereabouts: a range and who has which of its addresses.</summary>
/// <param name="Range">As "10.1.0.0/16".</param>
public sealed record AddressPool(
    string Namespace,
    string Name,
    string Range,
    ImmutableArray<PoolAllocation> Allocations
);

/// <summary>An address that somebody has.</summary>
/// <param name="Offset">Counted from the range's first address, the network's own.</param>
/// <param name="Container">The ID of the sandbox; empty when the pool does not say.</param>
/// <param name="Pod">"namespace/name"; empty when the pool does not say.</param>
/// <param name="IfName">Empty when the pool does not say.</param>
public sealed record PoolAllocation(string Offset, string Container, string Pod, string IfName);
