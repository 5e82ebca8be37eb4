using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Reports;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench;

/// <summary>Measures one workload after the other, each with a daemon and folders of its own.</summary>
internal sealed class Benchmark(BenchOptions options, IProcessRunner processes, TimeProvider time)
{
    private const int Starts = 5;

    private readonly NodeFolders _folders = new(options);
    private readonly Crowd _crowd = new(time);
    private readonly List<BenchRow> _rows = [];

    public IReadOnlyList<BenchRow> Rows => _rows;

    /// <summary>GC; null when only some of the workloads are measured, and it is not among them.</summary>
    public CollectionRow? Collection { get; private set; }

    /// <summary>The daemon alone; null when only some of the workloads are measured.</summary>
    public QuietRow? Quiet { get; private set; }

    /// <summary>ADDs beside DELs of unknown containers; null when only some of the workloads are measured.</summary>
    public UnrecordedDelsRow? UnrecordedDels { get; private set; }

    /// <summary>Runs of a program that does nothing; empty when only some of the workloads are measured.</summary>
    public IReadOnlyList<ProcessRunRow> ProcessRuns { get; private set; } = [];

    public async Task RunAsync(IReadOnlyList<Workload> workloads, CancellationToken cancel)
    {
        await NetworkNamespaces.MakeAsync(
            new Shell(processes),
            options.Prefix,
            workloads.Select(workload => workload.Pods).Append(Runs.UnrecordedDels.Workload.Pods).Max(),
            cancel
        );
        if (options.Only.Length == 0)
            Quiet = await MeasureQuietAsync(cancel);
        if (Runs.ProcessRuns.Description.Contains(options.Only, StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync($"measuring {Runs.ProcessRuns.Description}");
            ProcessRuns = await new ProcessRuns(processes, time).MeasureAsync(cancel);
        }

        if (Runs.Collection.Description.Contains(options.Only, StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync($"measuring {Runs.Collection.Description}");
            Collection = await new Collection(processes, time, _folders).MeasureAsync(options, cancel);
        }

        foreach (var workload in workloads)
        {
            await Console.Error.WriteLineAsync($"measuring {workload}");
            await MeasureAsync(workload, cancel);
        }

        if (
            options.Only.Length == 0
            || Runs.UnrecordedDels.Description.Contains(options.Only, StringComparison.Ordinal)
        )
            UnrecordedDels = await MeasureUnrecordedDelsAsync(cancel);
    }

    private async Task<UnrecordedDelsRow> MeasureUnrecordedDelsAsync(CancellationToken cancel)
    {
        await Console.Error.WriteLineAsync("measuring ADDs beside DELs of unknown containers");
        return await new UnrecordedDels(processes, time, _folders, options.Prefix).RunAsync(options.Build, cancel);
    }

    private async Task<QuietRow> MeasureQuietAsync(CancellationToken cancel)
    {
        await Console.Error.WriteLineAsync("measuring a daemon without work");
        var quiet = new Quiet(processes, time, _folders);
        var starts = await quiet.StartMillisecondsAsync([options.Build], Starts, cancel);
        var idle = await quiet.IdleAsync([options.Build], WorkloadList.Idle, cancel);
        var watching = await quiet.IdleAsync([options.Build], WorkloadList.IdleOnApiServer, cancel);
        var scrapes = await quiet.ScrapeMillisecondsAsync(options.Build, cancel);
        return new QuietRow(Median.Of(starts[0]), idle[0], watching[0], Median.Of(scrapes));
    }

    private async Task MeasureAsync(Workload workload, CancellationToken cancel)
    {
        var folder = _folders.Make(workload);
        var direct = new DirectCalls(processes, time, folder, workload);
        var directPods = Pod.Crowd(options.Prefix, "direct", workload.DirectPods);
        var directAdd = await _crowd.RunAsync(
            directPods,
            workload.Concurrency,
            (pod, token) => direct.RunAsync("ADD", pod, token),
            cancel
        );
        var directDel = await _crowd.RunAsync(
            directPods,
            workload.Concurrency,
            (pod, token) => direct.RunAsync("DEL", pod, token),
            cancel
        );

        await using var node = await RunningNode.StartAsync(processes, time, folder, workload, options.Build, cancel);
        var pods = Pod.Crowd(options.Prefix, "multus", workload.Pods);
        var atStart = node.Daemon.Usage();
        var add = await _crowd.RunAsync(
            pods,
            workload.Concurrency,
            (pod, token) => node.RunAsync("ADD", pod, token),
            cancel
        );
        var afterAdd = node.Daemon.Usage();
        var writesOfAdd = node.Writes();
        var del = await _crowd.RunAsync(
            pods,
            workload.Concurrency,
            (pod, token) => node.RunAsync("DEL", pod, token),
            cancel
        );
        var afterDel = node.Daemon.Usage();
        var remains = await node.StopAsync(cancel);

        _rows.Add(BenchRow.Of(workload, "ADD", add, directAdd, atStart, afterAdd, writesOfAdd, remains.OfAdd));
        _rows.Add(BenchRow.Of(workload, "DEL", del, directDel, afterAdd, afterDel, node.Writes(), remains.OfDel));
    }
}
