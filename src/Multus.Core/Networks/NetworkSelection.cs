using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Core.Networks;

/// <summary>
/// One network that a pod asks for, with what it wants of it (attach.md §8.1). Checked: names, addresses and types are
/// valid.
/// </summary>
/// <param name="Namespace">Where the NAD lives; the pod's own namespace when the annotation does not say. Empty for a
/// configuration on the node.</param>
/// <param name="InterfaceRequest">The interface name asked for, <c>null</c> for the next <c>netN</c>.</param>
/// <param name="Ips">Addresses or CIDRs, verbatim; empty when none.</param>
/// <param name="Mac">In lower case, in whichever notation the annotation used.</param>
/// <param name="Bandwidth">An object of whole numbers.</param>
/// <param name="PortMappings">An array of objects. Empty: none, not even those that the runtime would give.</param>
/// <param name="CniArgs">An object, to be merged into every plugin's <c>args.cni</c>.</param>
/// <param name="DefaultRoute"><c>null</c>: not asked for. Empty: this network's default routes, as its plugin makes
/// them, are to be the pod's.</param>
public sealed record NetworkSelection(
    string Namespace,
    string Name,
    string? InterfaceRequest,
    ImmutableArray<string> Ips,
    string? Mac,
    string? InfinibandGuid,
    JsonElement? Bandwidth,
    JsonElement? PortMappings,
    string? DeviceId,
    JsonElement? CniArgs,
    ImmutableArray<string>? DefaultRoute
)
{
    public NetworkKey Key => new(Namespace, Name);

    /// <summary>True when the name is that of a configuration in confDir, not of a NAD.</summary>
    public bool IsOnNode => Namespace.Length == 0;

    /// <summary>
    /// The IPAMClaim object that has the addresses, <c>null</c> when not asked for (multi-network specification 1.3,
    /// 4.1.2.1.11).
    /// </summary>
    public string? IpamClaimReference { get; init; }

    /// <summary>
    /// Ours: the container of the pod whose device the network is to take, <c>null</c> for any. A valid container's
    /// name.
    /// </summary>
    public string? DeviceContainer { get; init; }
}
