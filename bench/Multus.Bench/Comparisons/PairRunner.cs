using System.Collections.Immutable;
using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Comparisons;

/// <summary>
/// One round of a workload on both builds, each on a node of its own. Pods that come one at a time go to both in turn,
/// pod by pod, so that both see the same machine; a crowd has the machine to itself, and the builds take turns in who
/// comes first.
/// </summary>
internal sealed class PairRunner(BenchOptions options, IProcessRunner processes, TimeProvider time, NodeFolders folders)
{
    private readonly Crowd _crowd = new(time);

    /// <returns>As many samples as builds, in their order.</returns>
    public Task<Sample[]> RunAsync(
        IReadOnlyList<Build> builds,
        Workload workload,
        int round,
        CancellationToken cancel
    ) =>
        workload.Concurrency == 1
            ? PodByPodAsync(builds, workload, round, cancel)
            : OneAfterTheOtherAsync(builds, workload, round, cancel);

    private async Task<Sample[]> PodByPodAsync(
        IReadOnlyList<Build> builds,
        Workload workload,
        int round,
        CancellationToken cancel
    )
    {
        var nodes = new List<RunningNode>();
        try
        {
            foreach (var build in builds)
                nodes.Add(await StartAsync(build, workload, cancel));
            return await PodByPodAsync(nodes, Pods(workload), round, cancel);
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private static async Task<Sample[]> PodByPodAsync(
        List<RunningNode> nodes,
        Pod[] pods,
        int round,
        CancellationToken cancel
    )
    {
        var before = nodes.Select(node => node.Daemon.Usage()).ToList();
        var outcomes = nodes
            .Select(_ => (Add: ImmutableArray.CreateBuilder<Outcome>(), Del: ImmutableArray.CreateBuilder<Outcome>()))
            .ToList();
        for (var i = 0; i < pods.Length; i++)
        {
            foreach (var index in Turns.Of(nodes.Count, round + i))
            {
                outcomes[index].Add.Add(await nodes[index].RunAsync("ADD", pods[i], cancel));
                outcomes[index].Del.Add(await nodes[index].RunAsync("DEL", pods[i], cancel)); // before the next ADD: both use the pod's namespace
            }
        }

        var samples = new Sample[nodes.Count];
        for (var index = 0; index < nodes.Count; index++)
        {
            var (add, del) = outcomes[index];
            samples[index] = await EndAsync(
                nodes[index],
                before[index],
                Measurement.OneByOne(add.ToImmutable()),
                Measurement.OneByOne(del.ToImmutable()),
                cancel
            );
        }

        return samples;
    }

    private async Task<Sample[]> OneAfterTheOtherAsync(
        IReadOnlyList<Build> builds,
        Workload workload,
        int round,
        CancellationToken cancel
    )
    {
        var samples = new Sample[builds.Count];
        foreach (var index in Turns.Of(builds.Count, round))
        {
            await using var node = await StartAsync(builds[index], workload, cancel);
            var before = node.Daemon.Usage();
            var add = await _crowd.RunAsync(
                Pods(workload),
                workload.Concurrency,
                (pod, token) => node.RunAsync("ADD", pod, token),
                cancel
            );
            var del = await _crowd.RunAsync(
                Pods(workload),
                workload.Concurrency,
                (pod, token) => node.RunAsync("DEL", pod, token),
                cancel
            );
            samples[index] = await EndAsync(node, before, add, del, cancel);
        }

        return samples;
    }

    private static async Task<Sample> EndAsync(
        RunningNode node,
        DaemonUsage before,
        Measurement add,
        Measurement del,
        CancellationToken cancel
    )
    {
        var after = node.Daemon.Usage();
        var remains = await node.StopAsync(cancel);
        return new Sample(add, del, (after.Cpu - before.Cpu).TotalMilliseconds, after.PeakMb, [.. remains.All]);
    }

    private Task<RunningNode> StartAsync(Build build, Workload workload, CancellationToken cancel) =>
        RunningNode.StartAsync(processes, time, folders.Make(workload), workload, build, cancel);

    private Pod[] Pods(Workload workload) => Pod.Crowd(options.Prefix, "multus", workload.Pods);
}
