using System.Diagnostics;
using Multus.Linux.Processes;
using Xunit.Abstractions;

namespace Multus.Linux.Tests.Processes;

public class ProcessCostTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_run_of_true_is_cheap()
    {
        using var runner = new ProcessRunner(TimeProvider.System);
        for (var i = 0; i < 200; i++)
            await runner.RunAsync(Specs.Of("/bin/true"), default);
        var bytes = GC.GetTotalAllocatedBytes(true);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var w = Stopwatch.StartNew();
        const int N = 1000;
        for (var i = 0; i < N; i++)
            await runner.RunAsync(Specs.Of("/bin/true"), default);
        output.WriteLine($"sequential {w.Elapsed.TotalMicroseconds / N} us, cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / N} us, alloc {(GC.GetTotalAllocatedBytes(true) - bytes) / N} B");
        w.Restart();
        await Task.WhenAll(Enumerable.Range(0, N).Select(_ => runner.RunAsync(Specs.Of("/bin/true"), default)));
        output.WriteLine($"concurrent {w.Elapsed.TotalMicroseconds / N} us each");
    }
}
