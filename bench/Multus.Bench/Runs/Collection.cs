using Multus.Bench.Nodes;
using Multus.Bench.Reports;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>One GC on a node where nearly all sandboxes have gone without a DEL.</summary>
internal sealed class Collection(IProcessRunner processes, TimeProvider time, NodeFolders folders)
{
    public const int Sandboxes = 3000;

    /// <summary>What <c>--only</c> finds it by.</summary>
    public const string Description = "GC of 3000 sandboxes, null";

    public async Task<CollectionRow> MeasureAsync(BenchOptions options, CancellationToken cancel)
    {
        var workload = WorkloadList.Idle;
        var folder = folders.Make(workload);
        await using var node = await RunningNode.StartAsync(processes, time, folder, workload, options.Build, cancel);
        var stays = Pod.Of(options.Prefix, "stays", 0);
        var added = await node.RunAsync("ADD", stays, cancel);
        folder.CopySandbox(stays, Sandboxes);

        var before = node.Daemon.Usage();
        var collected = await node.CollectAsync([stays], cancel);
        var after = node.Daemon.Usage();

        var left = folder.Sandboxes() - 1;
        var deleted = await node.RunAsync("DEL", stays, cancel);
        var remains = await node.StopAsync(cancel);
        return new CollectionRow(
            Sandboxes,
            Sandboxes / collected.Wall.TotalSeconds,
            (after.Cpu - before.Cpu).TotalMilliseconds / Sandboxes,
            after.PeakMb,
            [
                .. new[]
                {
                    added.Error,
                    collected.Error,
                    deleted.Error,
                    left == 0 ? null : $"GC has left {left} sandboxes of {Sandboxes}",
                }.OfType<string>(),
                .. remains.All,
            ]
        );
    }
}
