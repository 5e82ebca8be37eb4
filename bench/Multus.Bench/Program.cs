using System.Runtime.InteropServices;
using Multus.Bench;
using Multus.Bench.Reports;
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
    var benchmark = new Benchmark(options, processes, TimeProvider.System);
    await benchmark.RunAsync(WorkloadList.Selected(options.Quick, options.Only), stop.Token);
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
    JsonReport.Write(options.Output, benchmark.Rows);
    foreach (var line in TextTable.Rows(benchmark.Rows))
        Console.WriteLine(line);
    Console.WriteLine();
    foreach (var line in Goals.Lines(benchmark.Rows, benchmark.IdleDaemonMb, new FileInfo(options.Shim).Length))
        Console.WriteLine(line);
    Console.WriteLine();
    Console.WriteLine($"daemon ready after {benchmark.DaemonStart.TotalMilliseconds:0} ms; rows in {options.Output}");

    var errors = benchmark.Rows.SelectMany(row => row.Errors.Select(error => $"{row.Workload}: {error}")).ToList();
    foreach (var error in errors.Take(ErrorsShown))
        Console.WriteLine("error: " + (error.Length <= ErrorLength ? error : error[..ErrorLength] + "…"));
    return errors.Count == 0 ? 0 : 1;
}
