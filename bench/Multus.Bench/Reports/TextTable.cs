using System.Globalization;

namespace Multus.Bench.Reports;

/// <summary>
/// Lines of cells, every column as wide as its widest cell; the first columns start at the left, numbers end at the
/// right.
/// </summary>
internal static class TextTable
{
    public static IEnumerable<string> Rows(IReadOnlyList<BenchRow> rows) =>
        Align(
            leftColumns: 1,
            [
                [
                    "delegate",
                    "networks",
                    "mode",
                    "cluster",
                    "at a time",
                    "pods",
                    "verb",
                    "p50 ms",
                    "p95 ms",
                    "max ms",
                    "per s",
                    "direct p50 ms",
                    "shim CPU ms",
                    "daemon CPU ms",
                    "daemon peak MB",
                    "status writes",
                    "events",
                    "errors",
                ],
                .. rows.Select(Cells),
            ]
        );

    public static IEnumerable<string> Align(int leftColumns, IReadOnlyList<string[]> lines)
    {
        var widths = Enumerable
            .Range(0, lines[0].Length)
            .Select(column => lines.Max(line => line[column].Length))
            .ToArray();
        return lines.Select(line =>
            string.Join(
                    "  ",
                    line.Select(
                        (cell, column) =>
                            column < leftColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])
                    )
                )
                .TrimEnd()
        );
    }

    private static string[] Cells(BenchRow row) =>
        [
            row.Workload.Delegate,
            Whole(row.Workload.Networks),
            row.Workload.Mode,
            row.Workload.Cluster,
            Whole(row.Workload.Concurrency),
            Whole(row.Workload.Pods),
            row.Verb,
            Tenths(row.Shim.PercentileMilliseconds(50)),
            Tenths(row.Shim.PercentileMilliseconds(95)),
            Tenths(row.Shim.MaxMilliseconds),
            Tenths(row.Shim.PerSecond),
            Tenths(row.Direct.PercentileMilliseconds(50)),
            Tenths(row.Shim.CpuMillisecondsPerPod),
            Tenths(row.DaemonCpuMs),
            Tenths(row.DaemonPeakMb),
            row.Writes is { } status ? Whole(status.Statuses) : "-",
            row.Writes is { } writes ? Whole(writes.Events) : "-",
            Whole(row.Errors.Count),
        ];

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Tenths(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
