using Multus.Actors.Garbage;
using Multus.Cni;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Gives every command to the one child of its container ID, in order of arrival, and lets only so many pods' ADDs
/// begin at once; nothing else ever waits for a place.
/// </summary>
/// <remarks>
/// The places bound what the daemon holds in memory while plugins are well. They are no protection against sick plugins
/// (the slots of the delegates actor are), so an ADD that takes too long loses its place and goes on without one, and
/// an ADD that waits for the cluster network takes none.
/// </remarks>
internal sealed class SandboxesActor : UntypedActor, IWithTimers
{
    private const string Stopped = "the daemon stopped working on it; what was done stays on record for its DEL";
    private const string StatusName = "=status"; // no container ID has an equals sign

    private readonly SandboxServices _services;
    private readonly AdmissionQueue<WaitingAttach> _admission;
    private readonly Dictionary<Attach, Place> _places = new(ReferenceEqualityComparer.Instance);
    private readonly ReadinessGate _unready;
    private readonly Dictionary<SandboxId, Child> _children = [];
    private readonly List<IActorRef> _waitingForIdle = [];
    private readonly CancellationTokenSource _stopping = new();
    private IActorRef _status = ActorRefs.Nobody;
    private readonly HashSet<SandboxId> _touchedSinceCollecting = [];
    private bool _isCollecting;
    private int _outstanding;
    private int _overdue;
    private long _added;
    private long _deleted;
    private long _failed;

    public SandboxesActor(SandboxServices services)
    {
        _services = services;
        _admission = new AdmissionQueue<WaitingAttach>(services.Settings.MaxAttaching);
        _unready = new ReadinessGate(services, _stopping.Token);
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(SandboxServices services) => Props.Create(() => new SandboxesActor(services));

    protected override void PreStart() => _status = Context.ActorOf(StatusActor.PropsFor(_services), StatusName);

    // A sandbox's state is on disk: a new instance knows as much as the one that crashed.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    // The children stop with this actor, in the middle of what they do; who waits for them is answered here, also when
    // it was a crash.
    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var waiting in _admission.DropAll().Concat(_unready.DropAll()))
            Refuse(waiting.Attach, waiting.ReplyTo, Stopped);
        foreach (var child in _children.Values)
        {
            foreach (var (command, replyTo) in (List<(ICommand, IActorRef)>)[.. child.Given, .. child.Held])
                Refuse(command, replyTo, Stopped);
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Attach attach:
                OnAttach(attach);
                break;
            case Detach detach:
                OnDetach(detach);
                break;
            case ICommand command:
                Dispatch(command, Sender);
                break; // nothing else waits
            case Finished finished:
                OnFinished(finished);
                break;
            case ChildGone gone:
                OnChildGone(gone);
                break;
            case PlaceOver over:
                OnPlaceOver(over);
                break;
            case ReadinessGate.Waited waited:
                OnWaited(waited);
                break;
            case GetStatus:
                _status.Forward(message);
                break;
            case GetNetworkStatus status:
                OnGetNetworkStatus(status);
                break;
            case CollectGarbage collect:
                OnCollect(collect);
                break;
            case DetachStale stale:
                OnDetachStale(stale);
                break;
            case Collected collected:
                OnCollected(collected);
                break;
            case NodeProtocol.TellWhenIdle ask:
                OnTellWhenIdle(ask);
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAttach(Attach attach)
    {
        var waiting = new WaitingAttach(attach, Sender);
        if (ReadinessGate.MayPass(attach.Request))
            Admit(waiting);
        else
            _unready.Enter(waiting, Self);
    }

    private void OnWaited(ReadinessGate.Waited waited)
    {
        if (!_unready.Leave(waited.Waiting))
            return; // answered already

        if (waited.Failure is OperationCanceledException)
            Refuse(
                waited.Waiting.Attach,
                waited.Waiting.ReplyTo,
                "its ADD was given up before it began: its caller went away"
            );
        else if (waited.Failure is { } failure)
            waited.Waiting.ReplyTo.Tell(
                new Reply.Refused(SandboxErrors.From(failure, waited.Waiting.Attach.Request.Id))
            );
        else
            Admit(waited.Waiting);
        TellIdle();
    }

    private void Admit(WaitingAttach waiting)
    {
        _admission.Enqueue(waiting.Attach.Request.Sandbox, waiting);
        AdmitWhatMayBegin();
    }

    private void OnDetach(Detach detach)
    {
        // A stored DEL is of a time before the ADDs that wait here: it goes first, and they begin anew after it.
        if (detach.StoredAs is null)
        {
            var id = detach.Request.Sandbox;
            foreach (var late in _admission.Drop(id).Concat(_unready.Drop(id)))
            {
                Refuse(late.Attach, late.ReplyTo, "the sandbox was deleted before its ADD began");
                _services.Detached.Remember(late.Attach.Request.Configuration.CniDir, id); // nobody has attached it
            }
        }

        Dispatch(detach, Sender);
    }

    private void OnGetNetworkStatus(GetNetworkStatus status) =>
        new StatusOperation(_services)
            .RunAsync(status, _stopping.Token)
            .PipeTo(
                Sender,
                Self,
                success: reply => reply,
                failure: crash => new Reply.Refused(SandboxErrors.From(crash, status.Id))
            );

    private void OnCollect(CollectGarbage collect)
    {
        if (_isCollecting)
        {
            Sender.Tell(new Reply.Refused(new CniError(CniErrorCode.TryAgainLater, "another GC is under way")));
            return;
        }

        _isCollecting = true;
        var (self, replyTo, by) = (Self, Sender, _stopping);
        var operation = new CollectOperation(
            _services,
            (detach, cancel) => self.Ask<Reply>(new DetachStale(detach) { By = by }, Timeout.InfiniteTimeSpan, cancel)
        );
        operation
            .RunAsync(collect, _stopping.Token)
            .PipeTo(
                Self,
                success: reply => new Collected(by, replyTo, reply),
                failure: crash => new Collected(by, replyTo, new Reply.Refused(SandboxErrors.From(crash, collect.Id)))
            );
    }

    // The list was made before whatever has come for the sandbox since: that knows better. Of what came before a crash
    // nothing is known.
    private void OnDetachStale(DetachStale stale)
    {
        var id = stale.Detach.Request.Sandbox;
        var isWorkedOn =
            _touchedSinceCollecting.Contains(id)
            || _admission.Holds(id)
            || _unready.Holds(id)
            || (_children.TryGetValue(id, out var child) && child.IsBusy);
        if ((stale.By is null || stale.By == _stopping) && !isWorkedOn && _waitingForIdle.Count == 0)
        {
            GarbageLog.Detached(_services.Log, id.Value, stale.Detach.Request.Id);
            Dispatch(stale.Detach, Sender, isOwn: true);
            return;
        }

        GarbageLog.LeftAlone(_services.Log, id.Value);
        Sender.Tell(new Reply.Done());
    }

    private void OnCollected(Collected collected)
    {
        if (collected.By == _stopping) // else of the instance before a crash, and the next may be under way
        {
            _isCollecting = false;
            _touchedSinceCollecting.Clear();
        }

        collected.ReplyTo.Tell(collected.Reply);
    }

    private void AdmitWhatMayBegin()
    {
        while (_admission.TryAdmit(out var waiting))
        {
            if (waiting!.Attach.Abandoned.IsCancellationRequested)
            {
                _admission.Leave();
                Refuse(waiting.Attach, waiting.ReplyTo, "the caller went away before its ADD began");
                continue;
            }

            var place = new Place { Attach = waiting.Attach };
            _places.Add(waiting.Attach, place);
            Timers.StartSingleTimer(place, new PlaceOver(place), _services.Settings.PlaceTime);
            Dispatch(waiting.Attach, waiting.ReplyTo);
        }
    }

    private void OnPlaceOver(PlaceOver over)
    {
        if (over.Place.Attach is not { } attach || !_places.Remove(attach))
            return;

        over.Place.Attach = null;
        SandboxLog.LostPlace(
            _services.Log,
            attach.Request.Sandbox.Value,
            _services.Settings.PlaceTime.TotalSeconds,
            attach.Request.Id
        );
        _overdue++;
        _admission.Leave();
        AdmitWhatMayBegin();
    }

    private void LeavePlace(Attach attach)
    {
        if (_places.Remove(attach, out var place))
        {
            Timers.Cancel(place);
            place.Attach = null;
            _admission.Leave();
        }
        else
        {
            _overdue--;
        }
    }

    private static void Refuse(ICommand command, IActorRef replyTo, string why) =>
        replyTo.Tell(
            new Reply.Refused(new CniError(CniErrorCode.TryAgainLater, $"sandbox {command.Request.Sandbox}: {why}"))
        );

    /// <param name="isOwn">It is GC's own: it does not know better than GC.</param>
    private void Dispatch(ICommand command, IActorRef replyTo, bool isOwn = false)
    {
        _outstanding++;
        var id = command.Request.Sandbox;
        if (_isCollecting && !isOwn)
            _touchedSinceCollecting.Add(id);
        if (!_children.TryGetValue(id, out var child))
            _children.Add(id, child = Start(id));
        if (child.Stopping)
        {
            child.Held.Add((command, replyTo)); // the new child gets it: see OnChildGone
            return;
        }

        child.Given.Add((command, replyTo));
        child.Ref.Tell(command, replyTo);
    }

    private Child Start(SandboxId id)
    {
        // A container ID is letters, digits, '_', '.' and '-': all of them may stand in an actor's name, but only '$'
        // must not come first.
        var child = Context.ActorOf(SandboxActor.PropsFor(id, _services, _stopping.Token), id.Value);
        Context.WatchWith(child, new ChildGone(id));
        return new Child(child);
    }

    private void OnFinished(Finished finished)
    {
        if (!_children.TryGetValue(finished.Command.Request.Sandbox, out var child) || !child.Take(finished.Command))
            return; // given out by the instance before a crash, which has answered it

        _outstanding--;
        Count(finished);
        if (finished.Command is Attach attach)
            LeavePlace(attach);

        // This actor is the only one to send commands to the child, so nothing can be on its way to it now.
        if (child.Given.Count == 0 && !HoldsAttachments(finished))
        {
            child.Stopping = true;
            Context.Stop(child.Ref);
        }

        AdmitWhatMayBegin();
        TellIdle();
    }

    private static bool HoldsAttachments(Finished finished) => finished is { Command: Attach, Reply: Reply.Attached };

    private void OnChildGone(ChildGone gone)
    {
        if (!_children.Remove(gone.Sandbox, out var child))
            return;

        _outstanding -= child.Held.Count; // a child is stopped only when it has nothing to do
        foreach (var (command, replyTo) in child.Held)
            Dispatch(command, replyTo);
    }

    private void OnTellWhenIdle(NodeProtocol.TellWhenIdle ask)
    {
        _waitingForIdle.Add(Sender);
        foreach (var waiting in _unready.DropAll())
            Refuse(waiting.Attach, waiting.ReplyTo, "the daemon is told to stop, and its ADD has not begun");
        TellIdle();
    }

    private void TellIdle()
    {
        if (_outstanding > 0 || _admission.Waiting > 0 || _unready.Count > 0)
            return;

        foreach (var waiting in _waitingForIdle)
            waiting.Tell(new NodeProtocol.Idle());
        _waitingForIdle.Clear();
    }

    private void Count(Finished finished)
    {
        if (finished.Reply is Reply.Refused)
            _failed++;
        else if (finished.Command is Attach)
            _added++;
        else if (finished.Command is Detach)
            _deleted++;
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "sandboxes",
            [
                new("actors", _children.Count),
                new("working", _outstanding),
                new("attaching", _admission.Admitted),
                new("waiting", _admission.Waiting),
                new("overdue", _overdue),
                new("waiting_for_cluster_network", _unready.Count),
                new("added", _added),
                new("deleted", _deleted),
                new("failed", _failed),
            ]
        );

    /// <summary>A child has answered a command.</summary>
    internal sealed record Finished(ICommand Command, Reply Reply);

    /// <summary>
    /// A sandbox that seems to be nobody's any more: detached unless it is being worked on; answered like any DEL.
    /// </summary>
    internal sealed record DetachStale(Detach Detach)
    {
        /// <summary>The token source of the instance that began the GC it is part of; null: part of none.</summary>
        public CancellationTokenSource? By { get; init; }
    }

    /// <param name="By">The token source of the instance that began the GC.</param>
    private sealed record Collected(CancellationTokenSource By, IActorRef ReplyTo, Reply Reply);

    private sealed record ChildGone(SandboxId Sandbox);

    private sealed record PlaceOver(Place Place);

    /// <summary>One ADD's, and the name of its timer; compared by reference.</summary>
    private sealed class Place
    {
        /// <summary>
        /// Null when the ADD has ended: the scheduler keeps a timer that was cancelled, and its message, until its time
        /// comes.
        /// </summary>
        public Attach? Attach { get; set; }
    }

    private sealed class Child(IActorRef child)
    {
        public IActorRef Ref { get; } = child;

        public bool Stopping { get; set; }

        public bool IsBusy => Given.Count > 0 || Held.Count > 0;

        /// <summary>What it has been told to do and has not finished.</summary>
        public List<(ICommand Command, IActorRef ReplyTo)> Given { get; } = [];

        /// <summary>What is for the child that follows it.</summary>
        public List<(ICommand Command, IActorRef ReplyTo)> Held { get; } = [];

        /// <summary>Strikes a command off; false if it was not given to this child.</summary>
        public bool Take(ICommand command)
        {
            var index = Given.FindIndex(given => ReferenceEquals(given.Command, command));
            if (index < 0)
                return false;

            Given.RemoveAt(index);
            return true;
        }
    }
}
