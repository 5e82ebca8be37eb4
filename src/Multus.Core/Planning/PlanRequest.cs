using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>What a runtime's ADD says, parsed.</summary>
/// <param name="NetNs">Path of the pod's network namespace.</param>
/// <param name="IfName">The name for the cluster network's interface.</param>
/// <param name="PluginPath">Where delegates look for plugins, first match wins.</param>
public sealed record PlanRequest(
    SandboxId Sandbox,
    string NetNs,
    InterfaceName IfName,
    PodIdentity Pod,
    MultusConfiguration Configuration,
    ImmutableArray<string> PluginPath
)
{
    /// <summary>
    /// What the runtime's CNI_ARGS say beside the pod, <c>IP=…</c> of a user's say. For the cluster network; another
    /// would take it for its own.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> ClusterArgs { get; init; } = [];
}
