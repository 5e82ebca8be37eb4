using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Gc;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Gives every request to the one child of its container ID, in order of arrival. ADDs come by way of the admission
/// actor, and so do the runtime's DELs, which must not overtake them; nothing else ever waits.
/// </summary>
internal sealed class SandboxesActor : UntypedActor
{
    // No container ID has an equals sign.
    private const string AdmissionName = "=admission";
    private const string StatusName = "=status";
    private const string GcName = "=gc";

    private readonly SandboxSettings _settings;
    private readonly SandboxEngine _engine;
    private readonly RestartCount _restarts;
    private readonly Dictionary<SandboxId, SandboxChild> _children = [];
    private readonly Dictionary<CniRequest, IActorRef> _inAdmission = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, RunningGc> _gcs = new(ReferenceEqualityComparer.Instance);
    private readonly List<IActorRef> _waitingForIdle = [];
    private readonly CancellationTokenSource _stopping = new();
    private IActorRef _admission = ActorRefs.Nobody;
    private IActorRef _status = ActorRefs.Nobody;
    private IActorRef _gc = ActorRefs.Nobody;
    private bool _isDraining;
    private int _outstanding;
    private long _added;
    private long _deleted;
    private long _failed;

    public SandboxesActor(SandboxSettings settings, SandboxEngine engine, RestartCount restarts)
    {
        _restarts = restarts;
        _settings = settings;
        _engine = engine;
    }

    /// <param name="restarts">Where children that crash are counted; <c>null</c>: nowhere.</param>
    public static Props PropsFor(SandboxSettings settings, SandboxEngine engine, RestartCount? restarts = null)
    {
        var counted = restarts ?? new RestartCount();
        return Props.Create(() => new SandboxesActor(settings, engine, counted));
    }

    protected override void PreStart()
    {
        _admission = Context.ActorOf(AdmissionActor.PropsFor(_settings, _engine), AdmissionName);
        _status = Context.ActorOf(StatusActor.PropsFor(_settings, _engine), StatusName);
        _gc = Context.ActorOf(GcActor.PropsFor(_engine), GcName);
    }

    // A sandbox's state is on disk: a new instance knows as much as the one that crashed.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new CountedRestarts(_restarts, null, null, _ => Directive.Restart);

    // The children stop with this actor, in the middle of what they do; who waits for them is answered here, also when
    // it was a crash.
    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var (request, replyTo) in _inAdmission)
            replyTo.Tell(Refusals.Stopped((CniRequest.OfSandbox)request));
        foreach (var gc in _gcs.Values)
            gc.ReplyTo.Tell(Refusals.GcStopped);
        foreach (var child in _children.Values)
        {
            foreach (var (request, replyTo) in child.All())
                replyTo.Tell(Refusals.Stopped(request));
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CniRequest.Attach or CniRequest.Detach { StoredAs: null }:
                _inAdmission.Add((CniRequest)message, Sender);
                _admission.Tell(message);
                break;
            case CniRequest.OfSandbox request:
                Dispatch(request, Sender); // a stored DEL is of a time before the ADDs that wait: it goes first
                break;
            case AdmissionActor.Admitted admitted:
                OnAdmitted(admitted);
                break;
            case AdmissionActor.Rejected rejected:
                if (_inAdmission.Remove(rejected.Request, out var waiting))
                    waiting.Tell(rejected.Reply);
                break;
            case CniRequest.CollectGarbage collect:
                OnCollect(collect);
                break;
            case CniRequest:
                _status.Forward(message);
                break;
            case Finished finished:
                OnFinished(finished);
                break;
            case ChildGone gone:
                OnChildGone(gone);
                break;
            case SandboxesProtocol.DetachStale stale:
                OnDetachStale(stale);
                break;
            case GcActor.Ended ended:
                if (_gcs.Remove(ended.Gc, out var gc))
                    gc.ReplyTo.Tell(ended.Reply);
                break;
            case NodeProtocol.TellWhenIdle:
                _isDraining = true;
                _admission.Forward(message);
                break;
            case AdmissionActor.Drained drained:
                _waitingForIdle.Add(drained.ReplyTo);
                TellIdle();
                break;
            case HealthProtocol.Report:
                _admission.Forward(new AdmissionActor.Complete(Figures()));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // From this moment on, whatever comes for a sandbox knows better than the list.
    private void OnCollect(CniRequest.CollectGarbage collect)
    {
        var gc = new object();
        _gcs.Add(gc, new RunningGc(Sender, []));
        _gc.Tell(new GcActor.Collect(collect, gc));
    }

    private void OnAdmitted(AdmissionActor.Admitted admitted)
    {
        if (!_inAdmission.Remove(admitted.Original, out var replyTo))
            return; // of the instance before a crash, which has answered it

        Dispatch(admitted.Request, replyTo);
    }

    private void OnDetachStale(SandboxesProtocol.DetachStale stale)
    {
        var id = stale.Detach.Request.Sandbox;
        var isWorkedOn = _children.TryGetValue(id, out var child) && child.IsBusy;
        var isOutdated = stale.Gc is { } gc && (!_gcs.TryGetValue(gc, out var running) || running.Touched.Contains(id));
        if (!isWorkedOn && !isOutdated && !_isDraining)
        {
            GarbageLog.Detached(_engine.Ports.Log, id.Value, stale.Detach.Request.Id);
            Dispatch(stale.Detach, Sender, isOfGc: true);
            return;
        }

        GarbageLog.LeftAlone(_engine.Ports.Log, id.Value);
        Sender.Tell(new CniReply.Done());
    }

    /// <param name="isOfGc">It does not know better than a GC.</param>
    private void Dispatch(CniRequest.OfSandbox request, IActorRef replyTo, bool isOfGc = false)
    {
        _outstanding++;
        var id = request.Request.Sandbox;
        if (!isOfGc)
        {
            foreach (var gc in _gcs.Values)
                gc.Touched.Add(id);
        }

        if (!_children.TryGetValue(id, out var child))
            _children.Add(id, child = Start(id));
        child.Give(request, replyTo);
    }

    private SandboxChild Start(SandboxId id)
    {
        // A container ID is letters, digits, '_', '.' and '-': all of them may stand in an actor's name, but only '$'
        // must not come first.
        var child = Context.ActorOf(SandboxActor.PropsFor(id, _engine, _stopping.Token), id.Value);
        Context.WatchWith(child, new ChildGone(id));
        return new SandboxChild(child);
    }

    private void OnFinished(Finished finished)
    {
        if (!_children.TryGetValue(finished.Request.Request.Sandbox, out var child) || !child.Take(finished.Request))
            return; // given out by the instance before a crash, which has answered it

        _outstanding--;
        Count(finished);
        if (finished.Request is CniRequest.Attach attach)
            _admission.Tell(new AdmissionActor.AttachEnded(attach));

        // This actor is the only one to send requests to the child, so nothing can be on its way to it now.
        if (!child.IsBusy && finished is not { Request: CniRequest.Attach, Reply: CniReply.Attached })
        {
            child.IsStopping = true;
            Context.Stop(child.Ref);
        }

        TellIdle();
    }

    private void OnChildGone(ChildGone gone)
    {
        if (!_children.Remove(gone.Sandbox, out var child))
            return;

        _outstanding -= child.Held.Count; // a child is stopped only when it has nothing to do
        foreach (var (request, replyTo) in child.Held)
            Dispatch(request, replyTo);
    }

    private void TellIdle()
    {
        if (_outstanding > 0)
            return;

        foreach (var waiting in _waitingForIdle)
            waiting.Tell(new NodeProtocol.Idle());
        _waitingForIdle.Clear();
    }

    private void Count(Finished finished)
    {
        if (finished.Reply is CniReply.Refused)
            _failed++;
        else if (finished.Request is CniRequest.Attach)
            _added++;
        else if (finished.Request is CniRequest.Detach)
            _deleted++;
    }

    // In the order in which they are shown: those of the admission come in between.
    private HealthProtocol.Figures Figures() =>
        new(
            "sandboxes",
            [
                new("actors", _children.Count),
                new("working", _outstanding),
                new("added", _added),
                new("deleted", _deleted),
                new("failed", _failed),
            ]
        );

    /// <summary>A child has answered a request.</summary>
    internal sealed record Finished(CniRequest.OfSandbox Request, CniReply Reply);

    private sealed record ChildGone(SandboxId Sandbox);

    /// <param name="Touched">The sandboxes for which something has come since it began.</param>
    private sealed record RunningGc(IActorRef ReplyTo, HashSet<SandboxId> Touched);
}
