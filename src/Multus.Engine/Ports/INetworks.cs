using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Engine.Ports;

/// <summary>The NetworkAttachmentDefinitions of the cluster. Every member may be called from any thread, at
/// once.</summary>
public interface INetworks
{
    /// <summary>Those of the networks that exist.</summary>
    /// <param name="keys">Which; none is asked for twice.</param>
    /// <param name="fromMemory">No API server is asked; what is not known is left out.</param>
    /// <param name="cancel">Gives the search up.</param>
    /// <exception cref="CniException">It could not be found out.</exception>
    Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindAsync(
        ImmutableArray<NetworkKey> keys,
        bool fromMemory,
        CancellationToken cancel
    );
}
