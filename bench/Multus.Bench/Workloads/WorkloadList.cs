using Multus.Bench.Runs;

namespace Multus.Bench.Workloads;

/// <summary>What is measured, in the table's order.</summary>
internal static class WorkloadList
{
    /// <summary>Every combination, and for comparison the most networks one after the other.</summary>
    public static IReadOnlyList<Workload> Full { get; } =
    [
        .. Matrix("null", [1, 2, 4, 8], [(1, 100), (8, 200), (150, 300)]),
        .. Matrix("bridge", [1, 2, 4, 9], [(1, 20), (8, 40), (150, 150)]),
        new("bridge", 9, 1, 20, Workload.Auto),
        new("bridge", 9, 8, 40, Workload.Auto),
        new("bridge", 9, 1, 20, Workload.Sequential),
        new("bridge", 9, 8, 40, Workload.Sequential),
        new(Workload.Sleep, 9, 1, 2),
        .. OnApiServer,
    ];

    /// <summary>Those that a goal is set for, and the most networks one after the other.</summary>
    public static IReadOnlyList<Workload> Quick { get; } =
    [
        new("null", 1, 1, 100),
        new("null", 4, 1, 60),
        new("null", 1, 8, 200),
        new("null", 2, 150, 300),
        new("bridge", 2, 1, 20),
        new("bridge", 9, 1, 12),
        new("bridge", 9, 1, 12, Workload.Auto),
        new("bridge", 9, 1, 12, Workload.Sequential),
        new(Workload.Sleep, 9, 1, 2),
        .. OnApiServer,
    ];

    /// <summary>With --quick --against: those whose cost beside another build a goal is set for.</summary>
    public static IReadOnlyList<Workload> QuickAgainst { get; } =
    [
        new("null", 1, 1, 100),
        new("null", 4, 1, 60),
        new("null", 2, 150, 300),
        new("null", 2, 150, 300, Cluster: Workload.ApiServer),
    ];

    /// <summary>For a daemon that is only started.</summary>
    public static Workload Idle { get; } = new("null", 1, 1, 1);

    public static Workload IdleOnApiServer { get; } = Idle with { Cluster = Workload.ApiServer };

    private static IReadOnlyList<Workload> OnApiServer =>
        [new("null", 2, 1, 60, Cluster: Workload.ApiServer), new("null", 2, 150, 300, Cluster: Workload.ApiServer)];

    /// <exception cref="BenchException">None fits.</exception>
    public static IReadOnlyList<Workload> Selected(BenchOptions options)
    {
        var only = options.Only;
        var all =
            !options.Quick ? Full
            : options.Against is null ? Quick
            : QuickAgainst;
        var selected = all.Where(workload => workload.ToString().Contains(only, StringComparison.Ordinal)).ToList();
        return selected.Count > 0 || Others(options).Any(other => other.Contains(only, StringComparison.Ordinal))
            ? selected
            : throw new BenchException(
                $"--only {only}: no workload has that in its description; they are:\n"
                    + string.Join('\n', all.Select(workload => workload.ToString()).Concat(Others(options)))
            );
    }

    private static string[] Others(BenchOptions options) =>
        options.Against is null
            ? [ProcessRuns.Description, Collection.Description, UnrecordedDels.Description]
            : [CrowdedDisk.Description];

    private static IEnumerable<Workload> Matrix(string plugin, int[] networks, (int Concurrency, int Pods)[] loads) =>
        from count in networks
        from load in loads
        select new Workload(plugin, count, load.Concurrency, load.Pods);
}
