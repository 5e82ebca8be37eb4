using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// What a DEL costs on a node that has the records of many sandboxes on disk, beside one that has none: same build, pod
/// by pod in turn. The daemon of the crowded node is started when the records are there, so that it knows none of them.
/// </summary>
internal sealed class CrowdedDisk(IProcessRunner processes, TimeProvider time, NodeFolders folders, string prefix)
{
    public const int Records = 100_000;

    /// <summary>What <c>--only</c> finds it by, with <c>--against</c>.</summary>
    public const string Description = "DEL beside 100,000 records";

    public static Workload Workload { get; } = new("null", 1, 1, 60);

    /// <returns>The p50 of DEL in milliseconds, without records and with them.</returns>
    /// <exception cref="BenchException">A request failed: then the figures mean nothing.</exception>
    public async Task<(double Empty, double Crowded)> RunAsync(Build build, CancellationToken cancel)
    {
        var crowdedFolder = folders.Make(Workload);
        await CrowdAsync(crowdedFolder, build, cancel);
        await using var crowded = await RunningNode.StartAsync(processes, time, crowdedFolder, Workload, build, cancel);
        await using var empty = await RunningNode.StartAsync(
            processes,
            time,
            folders.Make(Workload),
            Workload,
            build,
            cancel
        );
        RunningNode[] nodes = [empty, crowded];
        var dels = nodes.Select(_ => new List<double>()).ToArray();
        var pods = Pod.Crowd(prefix, "multus", Workload.Pods);
        for (var i = 0; i < pods.Length; i++)
        {
            foreach (var index in Turns.Of(nodes.Length, i))
            {
                Check(await nodes[index].RunAsync("ADD", pods[i], cancel));
                dels[index].Add(Check(await nodes[index].RunAsync("DEL", pods[i], cancel)).Wall.TotalMilliseconds);
            }
        }

        return (Median.Of(dels[0]), Median.Of(dels[1]));
    }

    private async Task CrowdAsync(NodeFolder folder, Build build, CancellationToken cancel)
    {
        var first = Pod.Of(prefix, "crowd", 0);
        await using var node = await RunningNode.StartAsync(processes, time, folder, Workload, build, cancel);
        Check(await node.RunAsync("ADD", first, cancel));
        folder.CopySandbox(first, Records - 1);
        await node.Daemon.StopAsync(cancel);
        // What this process has written is on disk before anybody waits for it: a flush of one file would carry it all.
        await new Shell(processes).RunAsync("sync", cancel);
    }

    private static Outcome Check(Outcome outcome) =>
        outcome.Error is { } error ? throw new BenchException(error) : outcome;
}
