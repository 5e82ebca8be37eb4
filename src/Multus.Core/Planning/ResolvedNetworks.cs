using System.Collections.Immutable;
using Multus.Cni.Configurations;
using Multus.Core.Devices;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>What was found of the networks of a <see cref="NetworkLookup"/>.</summary>
/// <param name="Definitions">The NADs; one that is missing does not exist.</param>
/// <param name="Files">For each path that the Multus configuration names, the network there.</param>
/// <param name="ConfDir">The configurations in confDir, if the demand needs them.</param>
public sealed record ResolvedNetworks(
    IReadOnlyDictionary<NetworkKey, NetworkAttachmentDefinition> Definitions,
    ImmutableDictionary<string, NetworkConfiguration> Files,
    ConfigurationFolder ConfDir
)
{
    /// <summary>The chain that runs last for every pod, complete; <c>null</c> for none.</summary>
    public NetworkConfiguration? AuxiliaryChain { get; init; }

    /// <summary>
    /// The devices that the node gave to the pod, in the order of its containers; <c>null</c> when there is nobody to
    /// ask, which is an error for networks that take one.
    /// </summary>
    public ImmutableArray<PodDevice>? Devices { get; init; }
}
