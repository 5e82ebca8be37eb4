using System.Globalization;
using Multus.Bench.Clusters;
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
    private readonly Shell _shell = new(processes);
    private readonly Crowd _crowd = new(time);
    private readonly List<BenchRow> _rows = [];

    public IReadOnlyList<BenchRow> Rows => _rows;

    /// <summary>Resident memory of the first daemon when it had become ready, in MB.</summary>
    public double IdleDaemonMb { get; private set; }

    /// <summary>How long the first daemon took to become ready.</summary>
    public TimeSpan DaemonStart { get; private set; }

    public async Task RunAsync(IReadOnlyList<Workload> workloads, CancellationToken cancel)
    {
        var binFolder = LinkPlugins();
        await NetworkNamespaces.MakeAsync(_shell, options.Prefix, workloads.Max(workload => workload.Pods), cancel);
        foreach (var workload in workloads)
        {
            await Console.Error.WriteLineAsync($"measuring {workload}");
            var root = Path.Combine(options.WorkFolder, string.Create(CultureInfo.InvariantCulture, $"row-{_rows.Count}"));
            await MeasureAsync(workload, NodeFolder.Make(root, binFolder, workload), cancel);
        }
    }

    private async Task MeasureAsync(Workload workload, NodeFolder node, CancellationToken cancel)
    {
        var direct = new DirectCalls(processes, time, node, workload);
        var directPods = Pods("direct", workload.DirectPods);
        var directAdd = await _crowd.RunAsync(directPods, workload.Concurrency, (pod, token) => direct.RunAsync("ADD", pod, token), cancel);
        var directDel = await _crowd.RunAsync(directPods, workload.Concurrency, (pod, token) => direct.RunAsync("DEL", pod, token), cancel);

        await using var cluster = workload.Cluster == Workload.ApiServer ? await ApiServer.StartAsync(node, workload) : null;
        await using var daemon = await DaemonProcess.StartAsync(_shell, time, node, options.Daemon, cancel);
        var shim = new ShimCalls(processes, options.Shim, node);
        var pods = Pods("multus", workload.Pods);
        var atStart = daemon.Usage();
        var add = await _crowd.RunAsync(pods, workload.Concurrency, (pod, token) => shim.RunAsync("ADD", pod, token), cancel);
        var afterAdd = daemon.Usage();
        var writesOfAdd = cluster?.Writes();
        var del = await _crowd.RunAsync(pods, workload.Concurrency, (pod, token) => shim.RunAsync("DEL", pod, token), cancel);
        var afterDel = daemon.Usage();
        await daemon.StopAsync(cancel); // what it still has to write, it has written or put on disk
        string[] withoutStatus = cluster is null ? [] : [.. cluster.PodsWithoutStatus()];

        if (_rows.Count == 0)
            (IdleDaemonMb, DaemonStart) = (atStart.ResidentMb, daemon.StartTime);
        _rows.Add(BenchRow.Of(workload, "ADD", add, directAdd, atStart, afterAdd, writesOfAdd, withoutStatus));
        _rows.Add(BenchRow.Of(workload, "DEL", del, directDel, afterAdd, afterDel, cluster?.Writes(), node.Leftovers()));
    }

    private Pod[] Pods(string purpose, int count) => [.. Enumerable.Range(0, count).Select(index => Pod.Of(options.Prefix, purpose, index))];

    // The daemon searches one folder, so ours and the machine's plugins meet in one.
    private string LinkPlugins()
    {
        var folder = Path.Combine(options.WorkFolder, "bin");
        Directory.CreateDirectory(folder);
        foreach (var name in new[] { "null", Workload.Sleep })
            File.CreateSymbolicLink(Path.Combine(folder, name), options.NullPlugin);
        foreach (var plugin in new[] { "bridge", "host-local" })
            File.CreateSymbolicLink(Path.Combine(folder, plugin), Path.Combine(options.PluginFolder, plugin));
        return folder;
    }
}
