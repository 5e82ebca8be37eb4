using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Engine.Installation;

/// <summary>What the keeper of the runtime's configuration asks, and tells.</summary>
public interface IRuntimeConfigPorts
{
    /// <summary>Asks the network's plugins for their STATUS.</summary>
    /// <returns>Null: it is able. Otherwise why not.</returns>
    Task<CniError?> AskStatusAsync(NetworkConfiguration network, CancellationToken cancel);

    /// <summary>The newest CNI version that the container runtime of this node knows.</summary>
    /// <returns>Null: that cannot be known.</returns>
    Task<CniVersion?> RuntimeVersionAsync(CancellationToken cancel);

    /// <summary>Something of the node that people look for in its events.</summary>
    /// <param name="reason">As in <see cref="Ports.EventTexts"/>.</param>
    /// <param name="words">A sentence.</param>
    void Tell(string reason, string words);
}
