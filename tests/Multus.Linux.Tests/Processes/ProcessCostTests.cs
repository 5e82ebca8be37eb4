using System.Diagnostics;
using Multus.Linux.Processes;
using Xunit.Abstractions;

namespace Multus.Linux.Tests.Processes;

/// <summary>
/// What a run costs. The bounds are far above what is measured (see the output): they catch a thread per run or a
/// copied heap, not a busy machine.
/// </summary>
public class ProcessCostTests(ITestOutputHelper output)
{
    private const int Runs = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_run_costs_little_memory_and_processor_time(int atOnce)
    {
        using var runner = new ProcessRunner(TimeProvider.System);
        await Run(runner, atOnce, Runs / 5);

        using var self = Process.GetCurrentProcess();
        var cpuBefore = self.TotalProcessorTime;
        var bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
        var startedAt = Stopwatch.GetTimestamp();
        await Run(runner, atOnce, Runs);
        var wall = Stopwatch.GetElapsedTime(startedAt) / Runs;
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - bytesBefore) / Runs;
        self.Refresh();
        var cpu = (self.TotalProcessorTime - cpuBefore) / Runs;

        output.WriteLine(
            $"{atOnce} at once, per run: wall {wall.TotalMicroseconds:0} us, own processor time {cpu.TotalMicroseconds:0} us, allocated {bytes} bytes"
        );
        Assert.InRange(bytes, 0, 8 * 1024);
        Assert.InRange(cpu, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
    }

    private static Task Run(ProcessRunner runner, int atOnce, int runs) =>
        Task.WhenAll(
            Enumerable
                .Range(0, atOnce)
                .Select(async _ =>
                {
                    for (var i = 0; i < runs / atOnce; i++)
                        await runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None);
                })
        );
}
