using Multus.Bench.Workloads;

namespace Multus.Bench.Comparisons;

/// <summary>
/// What today's build may cost beside the other one. A goal missed is shown, not an error: machines differ.
/// </summary>
internal static class ComparisonGoals
{
    public static Limit Start { get; } = new(2, 80);

    public static Limit Resident { get; } = new(1.6, 30);

    public static Limit PrivateDirty { get; } = new(1.8);

    public static Limit IdleSwitches { get; } = new(Most: 300);

    public static Limit IdleCpu { get; } = new(Most: 0.3);

    /// <summary>A DEL reads its own record alone.</summary>
    public static Limit Records { get; } = new(1.2);

    /// <summary>Null: no goal is set for that.</summary>
    public static Limit? For(Workload workload, FigureKind kind) =>
        (kind, workload) switch
        {
            (FigureKind.AddP50, { Delegate: "null", Networks: 1 or 4, Concurrency: 1, Cluster: Workload.Folder }) =>
                new Limit(1.1),
            (FigureKind.AddsPerSecond, { Delegate: "null", Networks: 2, Concurrency: 150 }) => new Limit(
                0.95,
                IsLeast: true
            ),
            (FigureKind.CpuPerPod, { Delegate: "null" }) => new Limit(1.2),
            (FigureKind.Peak, { Delegate: "null", Networks: 2, Concurrency: 150, Cluster: Workload.ApiServer }) =>
                new Limit(1.15, 45),
            _ => null,
        };
}
