using Multus.Bench.Clusters;
using Multus.Bench.Daemons;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;

namespace Multus.Bench.Reports;

/// <summary>One measured line: a workload, a verb, and what it took.</summary>
/// <param name="Direct">The same delegates run by hand, as many at a time.</param>
/// <param name="DaemonCpuMs">
/// CPU of the daemon itself per pod. With plugins that look into /proc, as bridge does, most of it is the kernel's: a
/// child's /proc entries are thrown away in its parent's wait4, some milliseconds each.
/// </param>
/// <param name="DaemonPeakMb">The most memory the daemon had from its start to the end of this verb.</param>
/// <param name="Writes">Status writes and events that the API server has had by the end of this verb, since the
/// daemon's start; null without an API server.</param>
/// <param name="Errors">Failed requests, and what was left behind.</param>
internal sealed record BenchRow(
    Workload Workload,
    string Verb,
    Measurement Shim,
    Measurement Direct,
    double DaemonCpuMs,
    double DaemonPeakMb,
    ClusterWrites? Writes,
    IReadOnlyList<string> Errors
)
{
    public static BenchRow Of(
        Workload workload,
        string verb,
        Measurement shim,
        Measurement direct,
        DaemonUsage before,
        DaemonUsage after,
        ClusterWrites? writes,
        IEnumerable<string> leftovers
    ) =>
        new(
            workload,
            verb,
            shim,
            direct,
            (after.Cpu - before.Cpu).TotalMilliseconds / shim.Outcomes.Length,
            after.PeakMb,
            writes,
            [.. shim.Errors, .. leftovers]
        );
}
