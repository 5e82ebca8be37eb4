using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Plugins;
using Multus.Linux.Processes;
using static Multus.Actors.Delegates.DelegatesProtocol;

namespace Multus.Actors.Delegates;

/// <summary>
/// Runs plugin processes, never more at once than the slots allow, and answers every <see cref="Run"/> exactly once.
/// </summary>
internal sealed class DelegatesActor : UntypedActor, IWithTimers
{
    private const string SweepTimer = "sweep";
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    private readonly DelegateSettings _settings;
    private readonly PluginProcesses _plugins;
    private readonly ILogger _log;
    private readonly SlotQueue<Ticket> _queue;
    private readonly Dictionary<string, IActorRef> _children = [];
    private long _started;
    private long _failed;
    private int _crashes;

    public DelegatesActor(DelegateSettings settings, IProcessRunner processes, ILogger log)
    {
        _settings = settings;
        _plugins = new PluginProcesses(processes, settings.Limits, log);
        _log = log;
        _queue = new SlotQueue<Ticket>(settings.Slots, settings.SlotsPerType);
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(DelegateSettings settings, IProcessRunner processes, ILogger log) =>
        Props.Create(() => new DelegatesActor(settings, processes, log));

    // A child that crashes has lost track of its processes: it stops (PostStop kills them), its runs are answered here,
    // the next run gets a new one.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var ticket in _queue.Drop(_ => true))
            ticket.ReplyTo.Tell(new Reply.NotStarted("the daemon is stopping"));
        foreach (var ticket in _queue.AllRunning())
            AnswerKilled(ticket); // the children stop with this actor and kill their processes
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Run run:
                OnRun(run);
                break;
            case DelegateActor.Ended ended:
                OnEnded(ended);
                break;
            case ChildGone gone:
                OnChildGone(gone);
                break;
            case Sweep:
                DropAbandoned();
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRun(Run run)
    {
        _queue.Enqueue(new Ticket(run, Sender), run.Call.PluginType, isDelete: run.Call.Command == CniCommand.Del);
        StartWhatMayRun();
        if (_queue.Waiting > 0 && !Timers.IsTimerActive(SweepTimer))
            Timers.StartSingleTimer(SweepTimer, new Sweep(), SweepEvery);
    }

    private void OnEnded(DelegateActor.Ended ended)
    {
        if (!_queue.Release(ended.Ticket))
            return; // answered already, when its child was gone

        if (ended.Output is PluginOutput.Failed)
            _failed++;
        ended.Ticket.ReplyTo.Tell(new Reply.Ran(ended.Output));
        StartWhatMayRun();
    }

    private void OnChildGone(ChildGone gone)
    {
        _children.Remove(gone.PluginType);
        _crashes++;
        DelegateLog.RunnerCrashed(_log, gone.PluginType);
        foreach (var ticket in _queue.RunningOf(gone.PluginType))
        {
            _queue.Release(ticket);
            _failed++;
            AnswerKilled(ticket);
        }

        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        while (_queue.TryStart(out var ticket))
        {
            if (ticket!.Run.Cancel.IsCancellationRequested)
            {
                _queue.Release(ticket);
                Abandon(ticket);
                continue;
            }

            _started++;
            ChildFor(ticket.Run.Call.PluginType).Tell(new DelegateActor.Start(ticket));
        }
    }

    private void DropAbandoned()
    {
        foreach (var ticket in _queue.Drop(t => t.Run.Cancel.IsCancellationRequested))
            Abandon(ticket);
        if (_queue.Waiting > 0)
            Timers.StartSingleTimer(SweepTimer, new Sweep(), SweepEvery);
    }

    private static void AnswerKilled(Ticket ticket) =>
        ticket.ReplyTo.Tell(
            new Reply.Ran(
                new PluginOutput.Failed(
                    new CniError(CniErrorCode.Internal, "its runner in the daemon stopped; the process was killed")
                )
            )
        );

    private static void Abandon(Ticket ticket) =>
        ticket.ReplyTo.Tell(new Reply.NotStarted("given up while it waited for a plugin slot"));

    private IActorRef ChildFor(string pluginType)
    {
        if (_children.TryGetValue(pluginType, out var child))
            return child;

        child = Context.ActorOf(DelegateActor.PropsFor(_plugins), $"{Uri.EscapeDataString(pluginType)}-{_crashes}");
        Context.WatchWith(child, new ChildGone(pluginType));
        _children.Add(pluginType, child);
        return child;
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "delegates",
            [
                new("slots", _settings.Slots),
                new("running", _queue.Running),
                new("waiting", _queue.Waiting),
                new("started", _started),
                new("failed", _failed),
                new("plugin_types", _children.Count),
                new("runner_crashes", _crashes),
            ]
        );

    /// <summary>One run and who waits for it; compared by reference.</summary>
    internal sealed class Ticket(Run run, IActorRef replyTo)
    {
        public Run Run { get; } = run;

        public IActorRef ReplyTo { get; } = replyTo;
    }

    private sealed record ChildGone(string PluginType);

    private sealed record Sweep;
}
