using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Wire;

namespace Multus.Engine.Requests;

/// <summary>One request about one sandbox, parsed and validated.</summary>
/// <param name="Id">Names the request in the log and in errors.</param>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="NetNs">CNI_NETNS; null on a DEL that has none any more.</param>
/// <param name="IfName">CNI_IFNAME, the name of the cluster network's interface.</param>
/// <param name="Pod">Who the pod is, from CNI_ARGS.</param>
/// <param name="Configuration">The caller's configuration with the daemon's laid over it.</param>
/// <param name="PluginPath">Where plugin binaries are looked for, in this order.</param>
public sealed record SandboxRequest(
    string Id,
    SandboxId Sandbox,
    string? NetNs,
    InterfaceName IfName,
    PodIdentity Pod,
    MultusConfiguration Configuration,
    ImmutableArray<string> PluginPath
)
{
    /// <summary>
    /// The request as it came, from which a stored DEL is made; null for one that nobody sent: what a DEL needs is made
    /// of the other members then.
    /// </summary>
    public CniRequestBody? Origin { get; init; }

    /// <summary>What CNI_ARGS say beside the pod; only the cluster network gets it.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ClusterArgs { get; init; } = [];

    /// <summary>
    /// CNI_NETNS_OVERRIDE: the network namespace may be the one that Multus itself is in, the node's.
    /// </summary>
    public bool MayBeOwnNamespace { get; init; }
}
