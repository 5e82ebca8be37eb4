using System.Text.Json;

namespace Multus.Bench.Reports;

/// <summary>
/// artifacts/bench/latest.json: an array with one object per row, for whoever compares runs; the first are of the
/// daemon without work and of a GC, the last are of ADDs beside DELs of unknown containers and of runs of a program that
/// does nothing, if those were measured.
/// </summary>
internal static class JsonReport
{
    public static void Write(
        string path,
        IReadOnlyList<BenchRow> rows,
        QuietRow? quiet,
        CollectionRow? gc,
        UnrecordedDelsRow? unrecorded,
        IReadOnlyList<ProcessRunRow> runs
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        if (quiet is not null)
            Write(json, quiet);
        if (gc is not null)
            Write(json, gc);
        foreach (var row in rows)
            Write(json, row);
        if (unrecorded is not null)
            Write(json, unrecorded);
        foreach (var run in runs)
            Write(json, run);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, UnrecordedDelsRow unrecorded)
    {
        json.WriteStartObject();
        json.WriteNumber("unknown_dels", unrecorded.Dels);
        json.WriteNumber("add_alone_p99_ms", Rounded(unrecorded.Alone.PercentileMilliseconds(99)));
        json.WriteNumber("add_beside_p99_ms", Rounded(unrecorded.Beside.PercentileMilliseconds(99)));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProcessRunRow run)
    {
        json.WriteStartObject();
        json.WriteNumber("process_runs_at_a_time", run.AtOnce);
        json.WriteNumber("process_run_us", Rounded(run.WallUs));
        json.WriteNumber("process_run_cpu_us", Rounded(run.CpuUs));
        json.WriteNumber("process_run_allocated_bytes", run.AllocatedBytes);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QuietRow quiet)
    {
        json.WriteStartObject();
        json.WriteNumber("start_ms", Rounded(quiet.StartMs));
        json.WriteNumber("resident_mb", Rounded(quiet.Idle.ResidentMb));
        json.WriteNumber("private_dirty_mb", Rounded(quiet.Idle.PrivateDirtyMb));
        json.WriteNumber("idle_switches_per_s", Rounded(quiet.Idle.SwitchesPerSecond));
        json.WriteNumber("idle_cpu_percent", Rounded(quiet.Idle.CpuPercent));
        json.WriteNumber("watching_switches_per_s", Rounded(quiet.Watching.SwitchesPerSecond));
        json.WriteNumber("watching_cpu_percent", Rounded(quiet.Watching.CpuPercent));
        json.WriteNumber("scrape_ms", Rounded(quiet.ScrapeMs));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CollectionRow gc)
    {
        json.WriteStartObject();
        json.WriteNumber("gc_sandboxes", gc.Sandboxes);
        json.WriteNumber("gc_per_s", Rounded(gc.PerSecond));
        json.WriteNumber("gc_daemon_cpu_ms", Rounded(gc.DaemonCpuMs));
        json.WriteNumber("gc_daemon_peak_rss_mb", Rounded(gc.DaemonPeakMb));
        json.WriteNumber("errors", gc.Errors.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BenchRow row)
    {
        json.WriteStartObject();
        json.WriteString("delegate", row.Workload.Delegate);
        json.WriteNumber("networks", row.Workload.Networks);
        json.WriteString("mode", row.Workload.Mode);
        json.WriteString("cluster", row.Workload.Cluster);
        json.WriteNumber("concurrency", row.Workload.Concurrency);
        json.WriteNumber("pods", row.Workload.Pods);
        json.WriteString("verb", row.Verb);
        json.WriteNumber("p50_ms", Rounded(row.Shim.PercentileMilliseconds(50)));
        json.WriteNumber("p95_ms", Rounded(row.Shim.PercentileMilliseconds(95)));
        json.WriteNumber("max_ms", Rounded(row.Shim.MaxMilliseconds));
        json.WriteNumber("per_s", Rounded(row.Shim.PerSecond));
        json.WriteNumber("direct_p50_ms", Rounded(row.Direct.PercentileMilliseconds(50)));
        json.WriteNumber("shim_cpu_ms", Rounded(row.Shim.CpuMillisecondsPerPod));
        json.WriteNumber("daemon_cpu_ms", Rounded(row.DaemonCpuMs));
        json.WriteNumber("daemon_peak_rss_mb", Rounded(row.DaemonPeakMb));
        if (row.Writes is { } writes)
        {
            json.WriteNumber("status_writes", writes.Statuses);
            json.WriteNumber("events", writes.Events);
        }

        json.WriteNumber("errors", row.Errors.Count);
        json.WriteEndObject();
    }

    private static double Rounded(double value) => Math.Round(value, 2);
}
