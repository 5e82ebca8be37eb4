using System.Diagnostics;
using Multus.Bench.Reports;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// Runs of a program that does nothing, by the type that runs the daemon's plugins, in the benchmark's own process.
/// </summary>
internal sealed class ProcessRuns(IProcessRunner processes, TimeProvider time)
{
    private const string Program = "/bin/true";
    private const int Runs = 500;
    private const int OutputLimit = 1 << 16;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>What <c>--only</c> finds it by.</summary>
    public const string Description = "runs of a program that does nothing";

    /// <exception cref="BenchException">A run failed: then the figures mean nothing.</exception>
    public async Task<IReadOnlyList<ProcessRunRow>> MeasureAsync(CancellationToken cancel) =>
        [await MeasureAsync(1, cancel), await MeasureAsync(16, cancel)];

    private async Task<ProcessRunRow> MeasureAsync(int atOnce, CancellationToken cancel)
    {
        await RunAsync(atOnce, Runs / 5, cancel); // what is compiled and allocated once is no cost of a run
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var start = time.GetTimestamp();
        await RunAsync(atOnce, Runs, cancel);
        var wall = time.GetElapsedTime(start);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        self.Refresh();
        cpu = self.TotalProcessorTime - cpu;
        return new ProcessRunRow(atOnce, wall.TotalMicroseconds / Runs, cpu.TotalMicroseconds / Runs, bytes / Runs);
    }

    private Task RunAsync(int atOnce, int runs, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => OneByOneAsync(runs / atOnce, cancel)));

    private async Task OneByOneAsync(int runs, CancellationToken cancel)
    {
        for (var i = 0; i < runs; i++)
        {
            var spec = new ProcessSpec(Program, default, [], Deadline, OutputLimit, OutputLimit);
            var result = await processes.RunAsync(spec, cancel);
            if (!result.IsSuccess)
                throw new BenchException($"{Program} fails: {result.Description}");
        }
    }
}
