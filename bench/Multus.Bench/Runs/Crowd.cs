using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Bench.Nodes;

namespace Multus.Bench.Runs;

/// <summary>
/// Does one thing to every pod, so many pods at a time; the next pod's turn comes as soon as one is done.
/// </summary>
internal sealed class Crowd(TimeProvider time)
{
    public async Task<Measurement> RunAsync(
        IEnumerable<Pod> pods,
        int concurrency,
        Func<Pod, CancellationToken, Task<Outcome>> run,
        CancellationToken cancel
    )
    {
        var outcomes = new ConcurrentQueue<Outcome>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancel };
        var start = time.GetTimestamp();
        await Parallel.ForEachAsync(pods, options, async (pod, token) => outcomes.Enqueue(await run(pod, token)));
        return new Measurement([.. outcomes], time.GetElapsedTime(start));
    }
}
