using Multus.Bench.Clusters;
using Multus.Bench.Daemons;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Nodes;

/// <summary>One build at work on a node of its own: folders, cluster, daemon, and a shim for each request.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly NodeFolder _folder;
    private readonly ApiServer? _cluster;
    private readonly ShimCalls _shim;

    private RunningNode(NodeFolder folder, ApiServer? cluster, DaemonProcess daemon, ShimCalls shim)
    {
        _folder = folder;
        _cluster = cluster;
        Daemon = daemon;
        _shim = shim;
    }

    public DaemonProcess Daemon { get; }

    /// <summary>What the API server has had so far; null without one.</summary>
    public ClusterWrites? Writes() => _cluster?.Writes();

    /// <exception cref="BenchException">The daemon did not become ready.</exception>
    public static async Task<RunningNode> StartAsync(
        IProcessRunner processes,
        TimeProvider time,
        NodeFolder folder,
        Workload workload,
        Build build,
        CancellationToken cancel
    )
    {
        var cluster = workload.Cluster == Workload.ApiServer ? await ApiServer.StartAsync(folder, workload) : null;
        try
        {
            var daemon = await DaemonProcess.StartAsync(new Shell(processes), time, folder, build.Daemon, cancel);
            return new RunningNode(folder, cluster, daemon, new ShimCalls(processes, build.Shim, folder));
        }
        catch
        {
            if (cluster is not null)
                await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<Outcome> RunAsync(string verb, Pod pod, CancellationToken cancel) => _shim.RunAsync(verb, pod, cancel);

    public Task<Outcome> CollectAsync(IReadOnlyList<Pod> pods, CancellationToken cancel) =>
        _shim.CollectAsync(pods, cancel);

    /// <summary>
    /// Ends the daemon, which writes or puts on disk what it still has to, then says what is missing or left behind.
    /// </summary>
    public async Task<Remains> StopAsync(CancellationToken cancel)
    {
        await Daemon.StopAsync(cancel);
        return new Remains([.. _cluster?.PodsWithoutStatus() ?? []], _folder.Leftovers());
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

/// <summary>What should not be there after all pods have come and gone; a line for each kind of thing.</summary>
/// <param name="OfAdd">Pods that the API server was never told the status of.</param>
/// <param name="OfDel">Files that a DEL should have taken away.</param>
internal sealed record Remains(IReadOnlyList<string> OfAdd, IReadOnlyList<string> OfDel)
{
    public IEnumerable<string> All => OfAdd.Concat(OfDel);
}
