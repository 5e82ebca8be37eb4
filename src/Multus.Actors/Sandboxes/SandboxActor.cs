using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Runs one sandbox's ADD, DEL and CHECK strictly one at a time, in the order they arrived, and answers each exactly
/// once.
/// </summary>
internal sealed class SandboxActor : UntypedActor, IWithUnboundedStash
{
    private readonly SandboxId _id;
    private readonly SandboxEngine _engine;
    private readonly CancellationTokenSource _stopping;

    public SandboxActor(SandboxId id, SandboxEngine engine, CancellationToken stopping)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _id = id;
        _engine = engine;
    }

    public IStash Stash { get; set; } = null!; // set by the runtime before PreStart

    private ILogger Log => _engine.Ports.Log;

    private TimeProvider Time => _engine.Ports.Time;

    /// <param name="stopping">Its parent stops: what is under way here is given up before anybody is told so.</param>
    public static Props PropsFor(SandboxId id, SandboxEngine engine, CancellationToken stopping) =>
        Props.CreateBy(new Producer(id, engine, stopping));

    // What is under way rolls back by itself, and keeps the sandbox's lock until it has: who follows waits for that.
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    // A command whose handler crashed still gets its answer, and its permit is given back.
    protected override void PreRestart(Exception reason, object? message)
    {
        if (message is CniRequest.OfSandbox request)
            Answer(request, Sender, new CniReply.Refused(Unforeseen(reason, request)));
        base.PreRestart(reason, message);
    }

    protected override void OnReceive(object message) => Idle(message);

    private void Idle(object message)
    {
        if (message is CniRequest.OfSandbox request)
            OnRequest(request);
        else
            Unhandled(message);
    }

    private void Busy(object message)
    {
        if (message is Ended ended)
            OnEnded(ended);
        else
            Stash.Stash();
    }

    private void OnRequest(CniRequest.OfSandbox request)
    {
        SandboxLog.Started(Log, request.Name, _id.Value, request.Id);
        var replyTo = Sender; // Sender belongs to this turn only
        var started = Time.GetTimestamp();
        _ = _engine
            .RunAsync(request, _stopping.Token)
            .PipeTo(
                Self,
                success: reply => new Ended(request, replyTo, started, reply),
                failure: crash => new Ended(request, replyTo, started, new CniReply.Refused(Unforeseen(crash, request)))
            );
        Become(Busy);
    }

    private void OnEnded(Ended ended)
    {
        var milliseconds = Time.GetElapsedTime(ended.StartedAt).TotalMilliseconds;
        var request = ended.Request;
        if (ended.Reply is CniReply.Refused refused)
            SandboxLog.Failed(Log, request.Name, _id.Value, request.Id, milliseconds, refused.Error.Text);
        else
            SandboxLog.Ended(Log, request.Name, _id.Value, request.Id, milliseconds);
        Answer(request, ended.ReplyTo, ended.Reply);
        Become(Idle);
        Stash.UnstashAll();
    }

    private static void Answer(CniRequest.OfSandbox request, IActorRef replyTo, CniReply reply)
    {
        // First: whoever has the answer finds the sandbox idle.
        Context.Parent.Tell(new SandboxesActor.Finished(request, reply));
        replyTo.Tell(reply);
    }

    private CniError Unforeseen(Exception crash, CniRequest.OfSandbox request)
    {
        SandboxLog.Crashed(Log, request.Name, _id.Value, request.Id, crash);
        return RequestErrors.From(crash, request.Id);
    }

    /// <summary>
    /// One is made for each pod: an expression would be built, and interpreted, each time, and the constructor looked
    /// for by reflection.
    /// </summary>
    private sealed class Producer(SandboxId id, SandboxEngine engine, CancellationToken stopping)
        : IIndirectActorProducer
    {
        public Type ActorType => typeof(SandboxActor);

        public ActorBase Produce() => new SandboxActor(id, engine, stopping);

        public void Release(ActorBase actor)
        {
            // Its PostStop has let go of all it had.
        }
    }

    private sealed record Ended(CniRequest.OfSandbox Request, IActorRef ReplyTo, long StartedAt, CniReply Reply);
}
