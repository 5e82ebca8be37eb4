using System.Collections.Immutable;
using Multus.Cni.Configurations;

namespace Multus.Engine.Networks;

/// <summary>A network, and who is attached to it on this node.</summary>
/// <param name="Network">"namespace/name" of the definition, else the configuration's own name.</param>
/// <param name="Configuration">As the last of its users was attached.</param>
/// <param name="Users">The sandboxes, in the order of pods' names.</param>
public sealed record NetworkUse(string Network, NetworkConfiguration Configuration, ImmutableArray<NetworkUser> Users)
{
    /// <summary>The ranges of its addresses, as far as this node knows them.</summary>
    public ImmutableArray<RangeUse> Ranges { get; init; } = [];
}

/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="Pod">"namespace/name"; empty for a sandbox that is none's.</param>
/// <param name="IfName">The interface in the pod.</param>
public sealed record NetworkUser(string Sandbox, string Pod, string IfName);
