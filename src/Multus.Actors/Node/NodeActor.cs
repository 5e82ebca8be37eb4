using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Delegates;
using Multus.Actors.Events;
using Multus.Actors.Netlink;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Actors.StaleSandboxes;
using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Kubernetes.Kubelet;

namespace Multus.Actors.Node;

/// <summary>
/// Starts the parts of the node in order, hands requests to them, says when all are ready, and reports a part that has
/// failed for good.
/// </summary>
internal sealed class NodeActor : UntypedActor, IWithTimers
{
    public const string Sandboxes = "sandboxes";
    public const string Delegates = "delegates";
    public const string Annotations = "annotations";
    public const string Events = "events";
    public const string Cluster = "cluster";
    public const string Netlink = "netlink";

    private const string ReadyTimer = "ready";
    private static readonly TimeSpan AskReadyEvery = TimeSpan.FromSeconds(1);
    private static readonly CniReply Stopped = new CniReply.Refused(
        new CniError(CniErrorCode.TryAgainLater, "the daemon is stopping, and takes no more requests")
    );

    private readonly NodeServices _services;
    private readonly ILogger _log;
    private readonly Dictionary<string, IActorRef> _parts = [];
    private readonly HashSet<string> _waitingFor = [];
    private readonly HashSet<string> _ended = [];
    private readonly List<WaitingForEnd> _waitingForEnd = [];
    private IActorRef _sandboxes = ActorRefs.Nobody;
    private IActorRef _health = ActorRefs.Nobody;
    private bool _stopping;

    public NodeActor(NodeServices services)
    {
        _services = services;
        _log = services.Logs.CreateLogger<NodeActor>();
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(NodeServices services) => Props.Create(() => new NodeActor(services));

    // A part that crashes again and again will not get better by another restart: it stops, and the process ends with
    // the reason (OnPartGone).
    protected override SupervisorStrategy SupervisorStrategy() =>
        new CountedRestarts(
            _services.Restarts,
            10,
            TimeSpan.FromMinutes(1),
            crash =>
            {
                NodeLog.PartCrashed(_log, crash);
                return Directive.Restart;
            }
        );

    protected override void PreStart()
    {
        var settings = _services.Settings;
        var trouble = new ClusterTrouble(_services.Cluster.Description, _services.Time, LogOf<ClusterActor>());
        var delegates = Start(
            Delegates,
            DelegatesActor.PropsFor(settings.Delegates, _services.Processes, LogOf<DelegatesActor>())
        );
        var netlink = Start(Netlink, NetlinkProps());
        var cluster = Start(
            Cluster,
            ClusterActor.PropsFor(_services.Cluster, settings.Cluster, _services.Time, LogOf<ClusterActor>(), trouble)
        );
        var annotations = Start(
            Annotations,
            AnnotationsActor.PropsFor(
                settings.Annotations,
                _services.Cluster,
                StatusSpool(),
                _services.Time,
                LogOf<AnnotationsActor>(),
                trouble
            )
        );
        var events = StartEvents(trouble);
        var engine = new SandboxEngine(
            PortsOf(cluster, netlink, annotations, delegates, events),
            settings.Sandboxes.Limits
        );
        _sandboxes = Start(Sandboxes, SandboxesActor.PropsFor(settings.Sandboxes, engine, _services.Restarts));
        var pending = Start(
            "pending-deletes",
            PendingDeletesActor.PropsFor(
                settings.PendingDeletes,
                _services.PendingDeletes,
                _sandboxes,
                _services.Time,
                LogOf<PendingDeletesActor>(),
                events
            )
        );

        var stale = _services.StaleSandboxes is { } wanted
            ? Start("stale-sandboxes", StaleSandboxesActor.PropsFor(wanted, engine, _sandboxes))
            : null;
        _waitingFor.UnionWith([Cluster, "pending-deletes"]);
        ImmutableArray<KeyValuePair<string, IActorRef>> reporting =
        [
            new(Sandboxes, _sandboxes),
            new(Delegates, delegates),
            new(Netlink, netlink),
            new(Cluster, cluster),
            new(Annotations, annotations),
            new("pending-deletes", pending),
            .. stale is null ? Array.Empty<KeyValuePair<string, IActorRef>>() : [new("stale-sandboxes", stale)],
            .. events is null ? Array.Empty<KeyValuePair<string, IActorRef>>() : [new(Events, events)],
        ];
        _health = Start("health", HealthProps(reporting));
        AskWhoIsReady();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CniRequest when _ended.Contains(Sandboxes):
                Sender.Tell(Stopped);
                break;
            case CniRequest:
                _sandboxes.Forward(message);
                break;
            case EventsProtocol.OfNode happened:
                _parts.GetValueOrDefault(Events)?.Tell(happened);
                break;
            case HealthProtocol.ICommand:
                _health.Forward(message);
                break;
            case NodeProtocol.PartReady ready:
                OnPartReady(ready);
                break;
            case NodeProtocol.TellWhenIdle ask:
                OnTellWhenIdle(ask);
                break;
            case NodeProtocol.EndPart end:
                OnEndPart(end);
                break;
            case FinishOver over:
                OnFinishOver(over);
                break;
            case AskReady:
                AskWhoIsReady();
                break;
            case PartGone gone:
                OnPartGone(gone);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private EnginePorts PortsOf(
        IActorRef cluster,
        IActorRef netlink,
        IActorRef annotations,
        IActorRef delegates,
        IActorRef? events
    )
    {
        var (pods, isOurs) = (
            new ClusterPort(cluster, _services.Cluster.Description),
            _services.Cluster.OwnedStatuses is not null
        );
        return new EnginePorts
        {
            Pods = pods,
            Networks = pods,
            NetNs = new NetlinkPort(netlink),
            Plugins = new ActorPluginInvoker(delegates, _services.PluginRoot),
            PluginRoot = _services.PluginRoot,
            Statuses = new StatusPort(annotations, followsHotPlug: isOurs, clears: isOurs),
            PendingDeletes = _services.PendingDeletes,
            Events = events is null ? null : new EventsPort(events),
            Devices = _services.Devices is { } devices ? new DevicePort(devices) : null,
            Phases = _services.Phases,
            Time = _services.Time,
            Log = LogOf<SandboxActor>(),
        };
    }

    private Props HealthProps(ImmutableArray<KeyValuePair<string, IActorRef>> reporting) =>
        HealthActor.PropsFor(reporting, [.. _waitingFor], _services.Settings.HealthPatience, _services.Restarts);

    private Props NetlinkProps() =>
        NetlinkActor.PropsFor(_services.Settings.Netlink, _services.Links, _services.Routes, _services.Restarts);

    private ILogger<T> LogOf<T>() => _services.Logs.CreateLogger<T>();

    /// <returns>Null where there are no events.</returns>
    private IActorRef? StartEvents(ClusterTrouble trouble) =>
        _services is { Events: { } events, Settings.Events: { Enabled: true } settings }
            ? Start(Events, EventsActor.PropsFor(settings, events, _services.Time, LogOf<EventsActor>(), trouble))
            : null;

    private StatusSpool? StatusSpool() =>
        _services.CniDir is { } cniDir ? new StatusSpool(cniDir, LogOf<AnnotationsActor>()) : null;

    private IActorRef Start(string name, Props props)
    {
        var part = Context.ActorOf(props, name);
        Context.WatchWith(part, new PartGone(name));
        _parts.Add(name, part);
        return part;
    }

    // Asked again until answered: a part that restarts meanwhile has forgotten the question.
    private void AskWhoIsReady()
    {
        foreach (var name in _waitingFor)
            _parts[name].Tell(new NodeProtocol.TellWhenReady());
        if (_waitingFor.Count > 0)
            Timers.StartSingleTimer(ReadyTimer, new AskReady(), AskReadyEvery);
    }

    private void OnPartReady(NodeProtocol.PartReady ready)
    {
        if (!_waitingFor.Remove(ready.Part))
            return;

        _health.Tell(ready);
        if (_waitingFor.Count == 0)
            NodeLog.Ready(_log);
    }

    private void OnTellWhenIdle(NodeProtocol.TellWhenIdle ask)
    {
        _stopping = true;
        if (_parts.TryGetValue("stale-sandboxes", out var stale))
            Context.Stop(stale);
        // What is stored stays stored; begun now, it would only hold up the stop, or be killed by it.
        Context.Stop(_parts["pending-deletes"]);
        _sandboxes.Forward(ask);
    }

    private void OnEndPart(NodeProtocol.EndPart end)
    {
        _stopping = true;
        if (!_parts.TryGetValue(end.Part, out var part) || _ended.Contains(end.Part))
        {
            Sender.Tell(new NodeProtocol.PartEnded(end.Part));
            return;
        }

        _waitingForEnd.Add(new WaitingForEnd(end.Part, Sender));
        if (end.Patience == TimeSpan.Zero)
        {
            Context.Stop(part);
            return;
        }

        part.Tell(new NodeProtocol.Finish());
        var over = new FinishOver(end.Part, end.Patience);
        Timers.StartSingleTimer(over, over, end.Patience);
    }

    private void OnFinishOver(FinishOver over)
    {
        if (_ended.Contains(over.Part))
            return;

        NodeLog.PartNotFinished(_log, over.Part, over.Patience.TotalSeconds);
        Context.Stop(_parts[over.Part]);
    }

    private void OnPartGone(PartGone gone)
    {
        _ended.Add(gone.Part);
        foreach (var waiting in _waitingForEnd.Where(waiting => waiting.Part == gone.Part))
            waiting.ReplyTo.Tell(new NodeProtocol.PartEnded(gone.Part));
        _waitingForEnd.RemoveAll(waiting => waiting.Part == gone.Part);
        if (_stopping)
        {
            NodeLog.PartEnded(_log, gone.Part);
            return;
        }

        NodeLog.PartGone(_log, gone.Part);
        _services.OnFatal(
            $"the part {gone.Part} of the daemon failed for good; see the log for the crashes before this"
        );
    }

    private sealed record PartGone(string Part);

    private sealed record WaitingForEnd(string Part, IActorRef ReplyTo);

    private sealed record FinishOver(string Part, TimeSpan Patience);

    private sealed record AskReady;
}
