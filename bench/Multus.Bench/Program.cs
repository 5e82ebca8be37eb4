using System.Globalization;
using System.Runtime.InteropServices;
using Multus.Bench;
using Multus.Bench.Comparisons;
using Multus.Bench.Reports;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

const int ErrorsShown = 3;
const int ErrorLength = 500;

using var stop = new CancellationTokenSource();
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

try
{
    var options = BenchOptions.Parse(args);
    using var processes = new ProcessRunner(TimeProvider.System);
    var workloads = WorkloadList.Selected(options);
    if (options.Against is { } against)
    {
        var comparison = new Comparison(options, against, processes, TimeProvider.System);
        await comparison.RunAsync(workloads, stop.Token);
        return ReportComparison(comparison, options);
    }

    var benchmark = new Benchmark(options, processes, TimeProvider.System);
    await benchmark.RunAsync(workloads, stop.Token);
    return Report(benchmark, options);
}
catch (BenchException impossible)
{
    await Console.Error.WriteLineAsync("bench: " + impossible.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("bench: interrupted");
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true; // the runner kills what it has started, then Main returns
    stop.Cancel();
}

static int Report(Benchmark benchmark, BenchOptions options)
{
    JsonReport.Write(
        options.Output,
        benchmark.Rows,
        benchmark.Quiet,
        benchmark.Collection,
        benchmark.UnrecordedDels,
        benchmark.ProcessRuns
    );
    foreach (var line in TextTable.Rows(benchmark.Rows))
        Console.WriteLine(line);
    if (benchmark.Collection is { } gc)
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Collection.Description}: {gc.PerSecond:0} per s, daemon CPU {gc.DaemonCpuMs:0.0} ms each, peak {gc.DaemonPeakMb:0.0} MB"
            )
        );
    if (benchmark.UnrecordedDels is { } unrecorded)
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{UnrecordedDels.Description}: p99 {unrecorded.Beside.PercentileMilliseconds(99):0.0} ms, alone {unrecorded.Alone.PercentileMilliseconds(99):0.0} ms; p50 {unrecorded.Beside.PercentileMilliseconds(50):0.0} ms, alone {unrecorded.Alone.PercentileMilliseconds(50):0.0} ms"
            )
        );
    foreach (var run in benchmark.ProcessRuns)
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ProcessRuns.Description}, {run.AtOnce} at a time, each: {run.WallUs:0} us, own CPU {run.CpuUs:0} us, allocated {run.AllocatedBytes} bytes"
            )
        );
    Console.WriteLine();
    foreach (
        var line in Goals.Lines(
            benchmark.Rows,
            benchmark.Quiet,
            benchmark.Collection,
            benchmark.UnrecordedDels,
            new FileInfo(options.Build.Shim).Length
        )
    )
        Console.WriteLine(line);
    Console.WriteLine();
    Console.WriteLine($"rows in {options.Output}");
    return ReportErrors([
        .. (benchmark.Collection?.Errors ?? []).Select(error => $"GC: {error}"),
        .. benchmark.Rows.SelectMany(row => row.Errors.Select(error => $"{row.Workload}: {error}")),
    ]);
}

static int ReportComparison(Comparison comparison, BenchOptions options)
{
    ComparisonReport.Write(options.Output, comparison.Figures);
    foreach (var line in ComparisonReport.Lines(comparison.Figures))
        Console.WriteLine(line);
    Console.WriteLine();
    Console.WriteLine(
        $"before: {options.Against!.Daemon}; now: {options.Build.Daemon}; rounds: {options.Rounds}; figures in {options.Output}"
    );
    return ReportErrors(comparison.Errors);
}

static int ReportErrors(IReadOnlyList<string> errors)
{
    foreach (var error in errors.Take(ErrorsShown))
        Console.WriteLine("error: " + (error.Length <= ErrorLength ? error : error[..ErrorLength] + "…"));
    return errors.Count == 0 ? 0 : 1;
}
