using System.Collections.Immutable;
using Multus.Core.Configuration;
using Multus.Kubernetes.Runtimes;

namespace Multus.Actors.StaleSandboxes;

/// <summary>How sandboxes are found that have vanished without a DEL.</summary>
/// <param name="Every">How often they are looked for, from <c>multus.stale-sandboxes.every</c>.</param>
/// <param name="Grace">For how long a sandbox has to be found so before it is detached, <c>staleSandboxGraceSeconds</c>
/// of the daemon's configuration.</param>
/// <param name="NeedsRuntime">See <see cref="Core.Garbage.StaleRules"/>.</param>
/// <param name="Runtime">The container runtime, to be asked which sandboxes there are.</param>
/// <param name="Configuration">The daemon's own, as for a DEL.</param>
/// <param name="PluginPath">Where plugins are looked for that are not where they were at the ADD.</param>
public sealed record StaleSandboxesSettings(
    TimeSpan Every,
    TimeSpan Grace,
    bool NeedsRuntime,
    IPodSandboxes Runtime,
    MultusConfiguration Configuration,
    ImmutableArray<string> PluginPath
);
