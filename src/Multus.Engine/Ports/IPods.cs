using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Engine.Ports;

/// <summary>The pods of the cluster. Every member may be called from any thread, at once.</summary>
public interface IPods
{
    /// <summary>What the source of pods and networks is called in messages: "the manifests in /etc/multus".</summary>
    string Source { get; }

    /// <summary>The pod, or null if there is none of that name.</summary>
    /// <exception cref="CniException">It could not be found out, which is never "none"; or another pod has the name
    /// now.</exception>
    Task<Pod?> FindAsync(PodIdentity pod, CancellationToken cancel);
}
