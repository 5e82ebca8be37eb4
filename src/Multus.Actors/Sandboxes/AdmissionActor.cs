using Multus.Engine;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Lets only so many pods' ADDs begin at once, first come, first served, and none while the cluster network is not
/// ready. A DEL passes, and ends the waiting of its sandbox's ADDs.
/// </summary>
/// <remarks>
/// The permits bound what the daemon holds in memory while plugins are well. They are no protection against sick
/// plugins (the slots of the delegates actor are), so an ADD that takes too long loses its permit and goes on without
/// one, and an ADD that waits for the cluster network has none. Everything goes to the parent in the order in which it
/// is decided: a DEL never overtakes an ADD that was admitted before it.
/// </remarks>
internal sealed class AdmissionActor : UntypedActor, IWithTimers
{
    private readonly SandboxSettings _settings;
    private readonly SandboxEngine _engine;
    private readonly AdmissionQueue<WaitingAttach> _queue;
    private readonly ReadinessGate _gate;
    private readonly Dictionary<CniRequest.Attach, AttachPermit> _permits = new(ReferenceEqualityComparer.Instance);
    private readonly List<IActorRef> _waitingForDrain = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _overdue;

    public AdmissionActor(SandboxSettings settings, SandboxEngine engine)
    {
        _settings = settings;
        _engine = engine;
        _queue = new AdmissionQueue<WaitingAttach>(settings.MaxAttaching);
        _gate = new ReadinessGate(engine.Ports.Time, engine.Ports.Log, _stopping.Token);
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(SandboxSettings settings, SandboxEngine engine) =>
        Props.Create(() => new AdmissionActor(settings, engine));

    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var waiting in _queue.DropAll().Concat(_gate.DropAll()))
            Reject(waiting.Attach, Refusals.Stopped(waiting.Attach));
    }

    // What it crashed on has an answer too.
    protected override void PreRestart(Exception reason, object? message)
    {
        if (message is CniRequest.OfSandbox request)
            Reject(request, new CniReply.Refused(RequestErrors.From(reason, requestId: null)));
        base.PreRestart(reason, message);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CniRequest.Attach attach:
                OnAttach(attach);
                break;
            case CniRequest.Detach detach:
                OnDetach(detach);
                break;
            case AttachEnded ended:
                OnAttachEnded(ended);
                break;
            case PermitOver over:
                OnPermitOver(over);
                break;
            case ReadinessGate.Waited waited:
                OnWaited(waited);
                break;
            case NodeProtocol.TellWhenIdle:
                OnTellWhenIdle();
                break;
            case Complete complete:
                Sender.Tell(Completed(complete.Figures));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAttach(CniRequest.Attach attach)
    {
        var waiting = new WaitingAttach(attach);
        if (attach.Request.Configuration.ReadinessIndicatorFile.Length == 0)
            Admit(waiting);
        else
            _gate.Enter(waiting, Self);
    }

    private void OnWaited(ReadinessGate.Waited waited)
    {
        if (!_gate.Leave(waited.Waiting))
            return; // answered already

        var attach = waited.Waiting.Attach;
        if (waited.Failure is OperationCanceledException)
            Reject(attach, Refusals.Of(attach, "its ADD was given up before it began: its caller went away"));
        else if (waited.Failure is { } failure)
            Reject(attach, new CniReply.Refused(RequestErrors.From(failure, attach.Id)));
        else
            Admit(waited.Waiting);
        TellDrained();
    }

    private void Admit(WaitingAttach waiting)
    {
        _queue.Enqueue(waiting.Attach.Request.Sandbox, waiting);
        AdmitWhatMayBegin();
    }

    private void OnDetach(CniRequest.Detach detach)
    {
        var id = detach.Request.Sandbox;
        IReadOnlyList<WaitingAttach> late = [.. _queue.Drop(id), .. _gate.Drop(id)];
        foreach (var dropped in late)
            Reject(dropped.Attach, Refusals.Of(dropped.Attach, "the sandbox was deleted before its ADD began"));
        Context.Parent.Tell(new Admitted(late.Count > 0 ? detach with { WasNeverAttached = true } : detach, detach));
        TellDrained();
    }

    private void AdmitWhatMayBegin()
    {
        while (_queue.TryAdmit(out var waiting))
        {
            var attach = waiting!.Attach;
            if (attach.Abandoned.IsCancellationRequested)
            {
                _queue.Leave();
                Reject(attach, Refusals.Of(attach, "the caller went away before its ADD began"));
                continue;
            }

            var permit = new AttachPermit { Attach = attach };
            _permits.Add(attach, permit);
            Timers.StartSingleTimer(permit, new PermitOver(permit), _settings.PermitTime);
            Context.Parent.Tell(new Admitted(attach, attach));
        }
    }

    private void OnPermitOver(PermitOver over)
    {
        if (over.Permit.Attach is not { } attach || !_permits.Remove(attach))
            return;

        over.Permit.Attach = null;
        SandboxLog.LostPermit(
            _engine.Ports.Log,
            attach.Request.Sandbox.Value,
            _settings.PermitTime.TotalSeconds,
            attach.Id
        );
        _overdue++;
        _queue.Leave();
        AdmitWhatMayBegin();
        TellDrained();
    }

    private void OnAttachEnded(AttachEnded ended)
    {
        if (_permits.Remove(ended.Attach, out var permit))
        {
            Timers.Cancel(permit);
            permit.Attach = null;
            _queue.Leave();
        }
        else if (_overdue > 0)
        {
            _overdue--;
        }

        AdmitWhatMayBegin();
        TellDrained();
    }

    private void OnTellWhenIdle()
    {
        _waitingForDrain.Add(Sender);
        foreach (var waiting in _gate.DropAll())
        {
            const string Why = "the daemon is told to stop, and its ADD has not begun";
            Reject(waiting.Attach, Refusals.Of(waiting.Attach, Why));
        }

        TellDrained();
    }

    private static void Reject(CniRequest.OfSandbox request, CniReply.Refused reply) =>
        Context.Parent.Tell(new Rejected(request, reply));

    private void TellDrained()
    {
        if (_queue.Waiting > 0 || _gate.Count > 0)
            return;

        foreach (var waiting in _waitingForDrain)
            Context.Parent.Tell(new Drained(waiting));
        _waitingForDrain.Clear();
    }

    private HealthProtocol.Figures Completed(HealthProtocol.Figures figures) =>
        figures with
        {
            Values = figures.Values.InsertRange(
                2,
                (KeyValuePair<string, long>[])
                    [
                        new("attaching_places", _settings.MaxAttaching),
                        new("attaching", _queue.Admitted),
                        new("waiting", _queue.Waiting),
                        new("overdue", _overdue),
                        new("waiting_for_cluster_network", _gate.Count),
                    ]
            ),
        };

    /// <summary>To the parent: this may be carried out.</summary>
    /// <param name="Request">As it is to be carried out.</param>
    /// <param name="Original">As it came.</param>
    internal sealed record Admitted(CniRequest.OfSandbox Request, CniRequest.OfSandbox Original);

    /// <summary>To the parent: this is not carried out.</summary>
    internal sealed record Rejected(CniRequest.OfSandbox Request, CniReply.Refused Reply);

    /// <summary>From the parent: an ADD that was admitted has ended.</summary>
    internal sealed record AttachEnded(CniRequest.Attach Attach);

    /// <summary>From the parent: its figures, to be completed and sent on.</summary>
    internal sealed record Complete(HealthProtocol.Figures Figures);

    /// <summary>
    /// To the parent: nothing waits here any more, and who is to be told when nothing is under way either.
    /// </summary>
    internal sealed record Drained(IActorRef ReplyTo);

    private sealed record PermitOver(AttachPermit Permit);

    /// <summary>One ADD's, and the name of its timer; compared by reference.</summary>
    private sealed class AttachPermit
    {
        /// <summary>
        /// Null when the ADD has ended: the scheduler keeps a timer that was cancelled, and its message, until its time
        /// comes.
        /// </summary>
        public CniRequest.Attach? Attach { get; set; }
    }
}
