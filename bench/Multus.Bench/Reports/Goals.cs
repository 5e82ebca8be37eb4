using System.Globalization;
using Multus.Bench.Workloads;

namespace Multus.Bench.Reports;

/// <summary>
/// The goals that the project has set itself, beside what this run measured. A goal missed is shown, not an error:
/// machines differ.
/// </summary>
internal static class Goals
{
    /// <param name="quiet">The daemon without work; null when that was not measured.</param>
    /// <param name="gc">GC of many sandboxes; null when that was not measured.</param>
    /// <param name="unrecorded">ADDs beside DELs of unknown containers; null when that was not measured.</param>
    /// <param name="shimBytes">Size of the shim's binary.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyList<BenchRow> rows,
        QuietRow? quiet,
        CollectionRow? gc,
        UnrecordedDelsRow? unrecorded,
        long shimBytes
    ) =>
        TextTable.Align(
            leftColumns: 1,
            [
                ["goal", "measured", "", ""],
                AtMost("ADD null, one at a time, p50 ms", 5, P50(rows, "null", 1, "ADD")),
                AtMost("ADD null + 3, one at a time, p50 ms", 8, P50(rows, "null", 4, "ADD")),
                AtLeast("ADD null, 8 at a time, per s", 300, Find(rows, "null", 1, 8, "ADD")?.Shim.PerSecond),
                AtLeast(
                    "ADD null + 1, 300 pods, 150 at a time, per s",
                    250,
                    Find(rows, "null", 2, 150, "ADD")?.Shim.PerSecond
                ),
                AtMost("DEL null, one at a time, p50 ms", 4, P50(rows, "null", 1, "DEL")),
                AtMost("ADD bridge + 1, one at a time, p50 ms", 34, P50(rows, "bridge", 2, "ADD")),
                AtMost("ADD bridge + 8, one at a time, p50 ms", 65, P50(rows, "bridge", 9, "ADD")),
                AtMost("DEL bridge + 8, one at a time, p50 ms", 130, P50(rows, "bridge", 9, "DEL")),
                AtMost(
                    "ADD bridge + 8, parallel : sequential",
                    0.7,
                    P50(rows, "bridge", 9, "ADD") / P50(rows, "bridge", 9, "ADD", Workload.Sequential)
                ),
                AtMost(
                    "ADD null + 8 that sleep 1000 ms each, max ms",
                    1500,
                    Find(rows, Workload.Sleep, 9, 1, "ADD")?.Shim.MaxMilliseconds
                ),
                AtMost("shim, CPU of one run, ms", 3, Find(rows, "null", 1, 1, "ADD")?.Shim.CpuMillisecondsPerPod),
                AtMost("shim, size, MB", 4, shimBytes / 1e6),
                AtMost("daemon, CPU per pod (ADD + DEL of null), ms", 2.5, DaemonCpu(rows)),
                AtMost("daemon, start to ready, ms", 80, quiet?.StartMs),
                AtMost("daemon, a scrape of /metrics, ms", 5, quiet?.ScrapeMs),
                AtMost("daemon, resident after start, MB", 30, quiet?.Idle.ResidentMb),
                AtMost("daemon, private dirty after start, MB", 5, quiet?.Idle.PrivateDirtyMb),
                AtMost("daemon idle, context switches per s", 300, quiet?.Idle.SwitchesPerSecond),
                AtMost("daemon idle, % of a core", 0.3, quiet?.Idle.CpuPercent),
                AtMost("API server: daemon idle, context switches per s", 300, quiet?.Watching.SwitchesPerSecond),
                AtMost("API server: daemon idle, % of a core", 0.3, quiet?.Watching.CpuPercent),
                AtMost("daemon, peak of the 300-pod burst, MB", 40, Find(rows, "null", 2, 150, "DEL")?.DaemonPeakMb),
                AtLeast(
                    "API server: ADD null + 1, 300 pods, 150 at a time, per s",
                    250,
                    Burst(rows, "ADD")?.Shim.PerSecond
                ),
                AtLeast("the same, the least that will do", 150, Burst(rows, "ADD")?.Shim.PerSecond),
                AtMost("API server: daemon, peak of that burst, MB", 45, Burst(rows, "DEL")?.DaemonPeakMb),
                AtMost(
                    "API server: status writes per pod (ADD + DEL)",
                    1,
                    Burst(rows, "DEL") is { } row ? (double?)row.Writes?.Statuses / row.Workload.Pods : null
                ),
                AtMost(
                    "API server: events per pod (ADD + DEL)",
                    1,
                    Burst(rows, "DEL") is { } same ? (double?)same.Writes?.Events / same.Workload.Pods : null
                ),
                AtMost("ADD null beside 500 DELs of unknown containers, p99 : alone", 1.5, unrecorded?.Ratio),
                AtLeast("GC of null, sandboxes per s", 500, gc?.PerSecond),
                AtMost("GC of null: daemon, peak, MB", 45, gc?.DaemonPeakMb),
                AtMost(
                    "requests failed or things left behind",
                    0,
                    rows.Sum(row => row.Errors.Count) + (gc?.Errors.Count ?? 0)
                ),
            ]
        );

    private static double? P50(
        IReadOnlyList<BenchRow> rows,
        string plugin,
        int networks,
        string verb,
        string mode = Workload.Parallel
    ) => Find(rows, plugin, networks, 1, verb, mode)?.Shim.PercentileMilliseconds(50);

    private static BenchRow? Burst(IReadOnlyList<BenchRow> rows, string verb) =>
        Find(rows, "null", 2, 150, verb, cluster: Workload.ApiServer);

    private static double? DaemonCpu(IReadOnlyList<BenchRow> rows) =>
        Find(rows, "null", 1, 1, "ADD")?.DaemonCpuMs + Find(rows, "null", 1, 1, "DEL")?.DaemonCpuMs;

    // A row with errors proves nothing: requests that fail are quick.
    private static BenchRow? Find(
        IReadOnlyList<BenchRow> rows,
        string plugin,
        int networks,
        int concurrency,
        string verb,
        string mode = Workload.Parallel,
        string cluster = Workload.Folder
    ) =>
        rows.FirstOrDefault(row =>
            row.Verb == verb
            && row.Errors.Count == 0
            && row.Workload.Cluster == cluster
            && row.Workload.Mode == mode
            && row.Workload.Delegate == plugin
            && row.Workload.Networks == networks
            && row.Workload.Concurrency == concurrency
        );

    private static string[] AtMost(string what, double limit, double? measured) =>
        Line(what, "≤", limit, measured, measured <= limit);

    private static string[] AtLeast(string what, double limit, double? measured) =>
        Line(what, "≥", limit, measured, measured >= limit);

    private static string[] Line(string what, string relation, double limit, double? measured, bool met) =>
        [
            what,
            measured?.ToString("0.0#", CultureInfo.InvariantCulture) ?? "-",
            relation + " " + limit.ToString("0.#", CultureInfo.InvariantCulture),
            measured is null ? "not measured"
            : met ? "met"
            : "MISSED",
        ];
}
