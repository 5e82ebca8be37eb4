using Multus.Linux.Processes;
using Xunit.Abstractions;

namespace Multus.Linux.Tests.Processes;

/// <summary>
/// What a run takes of the heap; the benchmark has what it takes of the clock. The bound is far above what is measured
/// (see the output): it catches a copied heap, not a busy machine.
/// </summary>
public class ProcessCostTests(ITestOutputHelper output)
{
    private const int Runs = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_run_allocates_little_memory(int atOnce)
    {
        using var runner = new ProcessRunner(TimeProvider.System);
        await Run(runner, atOnce, Runs / 5);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Run(runner, atOnce, Runs);
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / Runs;

        output.WriteLine($"{atOnce} at once: {bytes} bytes per run");
        Assert.InRange(bytes, 0, 8 * 1024);
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
