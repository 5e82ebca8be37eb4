using System.Globalization;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// One daemon after the other takes the place of the one before, while the runtime adds and deletes pods all the time.
/// </summary>
/// <remarks>MULTUS_ROLLOUTS says how many; what a pod has waited for longest is in the output.</remarks>
public sealed class RolloutTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int Workers = 6;

    private readonly ITestOutputHelper _output = output;
    private volatile bool _isEnough;
    private int _done;
    private long _longest; // of an ADD, in ticks of the clock

    private static int Rollouts =>
        Environment.GetEnvironmentVariable("MULTUS_ROLLOUTS") is { Length: > 0 } said
            ? int.Parse(said, CultureInfo.InvariantCulture)
            : 5;

    /// <summary>As with <c>maxSurge: 1</c>.</summary>
    [PluginFact("bridge", "host-local")]
    public Task The_next_daemon_starts_beside_the_one_before() =>
        RollAsync(async () =>
        {
            var (before, mark) = (Node.Daemon, Node.Log.Mark());
            Node.LaunchDaemon();
            await Node.Log.Line($"another daemon has taken {Node.Folders.Socket} over", mark);
            await Node.Ready();
            before.AskToStop();
            Assert.Equal(0, await before.Exited());
        });

    /// <summary>As with <c>maxUnavailable: 1</c>.</summary>
    [PluginFact("bridge", "host-local")]
    public Task The_next_daemon_starts_when_the_one_before_has_ended() =>
        RollAsync(async () =>
        {
            Node.Daemon.AskToStop();
            Assert.Equal(0, await Node.Daemon.Exited());
            await Node.StartDaemon();
        });

    private async Task RollAsync(Func<Task> roll)
    {
        Node.Manifests.Network("one", Node.Networks.Bridge("one", "br-one", "10.1.0.0/16"));
        TestPod[] pods = [.. Enumerable.Range(0, Workers).Select(_ => Node.Pod("one"))];
        await Node.StartDaemon();
        var before = Node.Remains(pods);
        Task[] workers = [.. pods.Select(WorkAsync)];
        for (var i = 0; i < Rollouts; i++)
        {
            await roll();
            var mark = Volatile.Read(ref _done);
            await Wait.Until(
                "the load goes on",
                () => Volatile.Read(ref _done) >= mark + Workers || workers.Any(worker => worker.IsFaulted),
                () => $"{Node.Log}"
            );
        }

        _isEnough = true;
        await Task.WhenAll(workers);
        _output.WriteLine(
            $"{Rollouts} rollouts, {_done} pods, the longest ADD took {TimeSpan.FromTicks(_longest).TotalMilliseconds:0} ms"
        );
        await Wait.Until("nothing is left", () => Node.Remains(pods) == before, () => Node.Remains(pods));
    }

    private async Task WorkAsync(TestPod pod)
    {
        while (!_isEnough)
        {
            var began = TimeProvider.System.GetTimestamp();
            (await Node.Add(pod)).Succeeded();
            Note(TimeProvider.System.GetElapsedTime(began).Ticks);
            Assert.Equal(["eth0", "net1"], pod.Links());
            (await Node.Del(pod)).Succeeded(); // while no daemon runs it is stored, and the next ADD begins with it
            Interlocked.Increment(ref _done);
        }
    }

    private void Note(long took)
    {
        for (
            var longest = Volatile.Read(ref _longest);
            took > longest && Interlocked.CompareExchange(ref _longest, took, longest) != longest;
            longest = Volatile.Read(ref _longest)
        ) { }
    }
}
