using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// What builds take before anybody asks them for a pod: starts one after the other in turn, and the idling of all of
/// them at the same time.
/// </summary>
internal sealed class Quiet(IProcessRunner processes, TimeProvider time, NodeFolders folders)
{
    /// <summary>
    /// How long each build took from start to ready, <paramref name="times"/> times; the builds take turns in who comes
    /// first.
    /// </summary>
    public async Task<double[][]> StartMillisecondsAsync(
        IReadOnlyList<Build> builds,
        int times,
        CancellationToken cancel
    )
    {
        var milliseconds = builds.Select(_ => new double[times]).ToArray();
        for (var i = 0; i < times; i++)
        {
            foreach (var index in Turns.Of(builds.Count, i))
            {
                await using var node = await StartAsync(builds[index], WorkloadList.Idle, cancel);
                milliseconds[index][i] = node.Daemon.StartTime.TotalMilliseconds;
                await node.Daemon.StopAsync(cancel);
            }
        }

        return milliseconds;
    }

    /// <summary>What each build takes idle, on a node whose cluster is that of <paramref name="workload"/>.</summary>
    public async Task<IdleDaemon[]> IdleAsync(IReadOnlyList<Build> builds, Workload workload, CancellationToken cancel)
    {
        var nodes = new List<RunningNode>();
        try
        {
            foreach (var build in builds)
                nodes.Add(await StartAsync(build, workload, cancel));
            var idle = await IdleDaemon.WatchAsync(time, [.. nodes.Select(node => node.Daemon.Pid)], cancel);
            foreach (var node in nodes)
                await node.StopAsync(cancel);
            return idle;
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    /// <summary>How long each of many scrapes of a daemon takes.</summary>
    public async Task<double[]> ScrapeMillisecondsAsync(Build build, CancellationToken cancel)
    {
        const int Times = 100;
        await using var node = await StartAsync(build, WorkloadList.Idle, cancel);
        await node.Daemon.ScrapeMillisecondsAsync(Times, cancel); // what is made once is no cost of a scrape
        var milliseconds = await node.Daemon.ScrapeMillisecondsAsync(Times, cancel);
        await node.StopAsync(cancel);
        return milliseconds;
    }

    private Task<RunningNode> StartAsync(Build build, Workload workload, CancellationToken cancel) =>
        RunningNode.StartAsync(processes, time, folders.Make(workload), workload, build, cancel);
}
