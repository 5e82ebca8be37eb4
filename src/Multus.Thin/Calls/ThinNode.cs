using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Detach;
using Multus.Engine.Kernel;
using Multus.Engine.Plugins;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;
using Multus.Thin.Clusters;
using Multus.Thin.Orphans;

namespace Multus.Thin.Calls;

/// <summary>
/// The engine with nothing around it: plugins are this process' children, the cluster is asked once for each thing, and
/// the records on disk are all that outlives the call.
/// </summary>
internal sealed class ThinNode : IAsyncDisposable
{
    private readonly ProcessRunner _processes;
    private readonly LazyCluster _cluster;
    private readonly LazyDevices? _devices;
    private readonly DirectEvents? _events;
    private readonly GuardedPlugins _plugins;
    private readonly SandboxEngine _engine;
    private readonly ThinHistory _history;

    public ThinNode(ThinSettings settings, IPendingDeleteFolder pendingDeletes, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger<ThinNode>();
        var marker = DelegationMarker.OfThisProcess(settings.CniDir);
        _processes = new ProcessRunner(time);
        _cluster = new LazyCluster(settings, _processes, time, logs);
        _devices = LazyDevices.Of(settings, _cluster, time, logs);
        _events = settings.HasCluster && !_cluster.IsFolder ? new DirectEvents(_cluster, time, log) : null;
        _plugins = new GuardedPlugins(
            new PluginProcesses(
                new MarkedProcesses(_processes, marker),
                PluginLimits.Usual with
                {
                    Deadline = settings.DelegateTimeout,
                },
                log
            ),
            settings.CniDir,
            new RunningMarks(settings.CniDir, marker),
            time,
            log
        );
        _history = new ThinHistory(settings.CniDir, time, log);
        var reads = new DirectReads(_cluster, settings, time);
        _engine = new SandboxEngine(
            new EnginePorts
            {
                Pods = reads,
                Networks = reads,
                NetNs = new KernelNetNs(new LinkInspector(), new RouteTable()),
                Plugins = _plugins,
                Statuses = new DirectStatuses(_cluster, reads),
                PendingDeletes = pendingDeletes,
                Events = _events,
                Devices = _devices,
                Phases = _history.Phases,
                SweepsAtDelete = true,
                Time = time,
                Log = log,
            },
            EngineLimits.Usual
        );
    }

    /// <summary>Carries the request out.</summary>
    /// <param name="request">Any that a runtime makes.</param>
    /// <param name="stop">Gives it up; of an ADD, by its own token, so that it is undone.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<CniReply> AnswerAsync(CniRequest request, CancellationToken stop)
    {
        var reply = request switch
        {
            CniRequest.Attach => await _engine.RunAsync(request, CancellationToken.None).ConfigureAwait(false),
            CniRequest.CollectGarbage gc => await CollectAsync(gc, stop).ConfigureAwait(false),
            _ => await _engine.RunAsync(request, stop).ConfigureAwait(false),
        };
        _history.Write(request, reply);
        _plugins.Sweep((request as CniRequest.OfSandbox)?.Request.Sandbox);
        if (_events is not null)
            await _events.SendAsync().ConfigureAwait(false);
        return reply;
    }

    public ValueTask DisposeAsync()
    {
        _engine.Dispose();
        _plugins.Dispose();
        _devices?.Dispose();
        _cluster.Dispose();
        _processes.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Also carries out the DELs that are stored, for there is no daemon that would: one that fails stays stored. The
    /// runtime makes no other call meanwhile (CNI spec, GC).
    /// </summary>
    private async Task<CniReply> CollectAsync(CniRequest.CollectGarbage gc, CancellationToken stop)
    {
        try
        {
            await _plugins.EndOrphansAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return new CniReply.Refused(new CniError(CniErrorCode.TryAgainLater, e.Message));
        }

        await new StoredDeletes(_engine).RunAsync(stop).ConfigureAwait(false);
        return await _engine.CollectAsync(gc, _engine.DetachIfIdleAsync, stop).ConfigureAwait(false);
    }
}
