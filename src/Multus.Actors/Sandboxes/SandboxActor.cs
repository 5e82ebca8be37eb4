using Multus.Cni;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Runs one sandbox's ADD, DEL and CHECK strictly one at a time, in the order they arrived, and answers each exactly
/// once.
/// </summary>
internal sealed class SandboxActor : UntypedActor, IWithUnboundedStash
{
    private readonly SandboxId _id;
    private readonly SandboxServices _services;
    private readonly CancellationTokenSource _stopping;

    public SandboxActor(SandboxId id, SandboxServices services, CancellationToken stopping)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _id = id;
        _services = services;
    }

    public IStash Stash { get; set; } = null!; // set by the runtime before PreStart

    /// <param name="stopping">Its parent stops: what is under way here is given up before anybody is told so.</param>
    public static Props PropsFor(SandboxId id, SandboxServices services, CancellationToken stopping) =>
        Props.CreateBy(new Producer(id, services, stopping));

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    // A command whose handler crashed still gets its answer, and its place in the admission is given back.
    protected override void PreRestart(Exception reason, object? message)
    {
        if (message is ICommand command)
            Answer(command, Sender, new Reply.Refused(Unforeseen(reason, command)));
        base.PreRestart(reason, message);
    }

    protected override void OnReceive(object message) => Idle(message);

    private void Idle(object message)
    {
        if (message is ICommand command)
            OnCommand(command);
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

    private void OnCommand(ICommand command)
    {
        SandboxLog.Started(_services.Log, command.GetType().Name, _id.Value, command.Request.Id);
        var replyTo = Sender; // Sender belongs to this turn only
        var started = _services.Time.GetTimestamp();
        RunAsync(command)
            .PipeTo(
                Self,
                success: reply => new Ended(command, replyTo, started, reply),
                failure: crash => new Ended(command, replyTo, started, new Reply.Refused(Unforeseen(crash, command)))
            );
        Become(Busy);
    }

    private Task<Reply> RunAsync(ICommand command) =>
        command switch
        {
            Attach attach => new AttachOperation(_services).RunAsync(attach, _stopping.Token),
            Detach detach => new DetachOperation(_services).RunAsync(detach, _stopping.Token),
            Check check => new CheckOperation(_services).RunAsync(check.Request, _stopping.Token),
            HotPlug plug => new HotPlugOperation(_services).PlugAsync(plug, _stopping.Token),
            HotUnplug unplug => new HotPlugOperation(_services).UnplugAsync(unplug, _stopping.Token),
            CheckOne check => new HotPlugOperation(_services).CheckAsync(check, _stopping.Token),
            _ => throw new InvalidOperationException($"unknown command {command}"),
        };

    private void OnEnded(Ended ended)
    {
        var milliseconds = _services.Time.GetElapsedTime(ended.StartedAt).TotalMilliseconds;
        var verb = ended.Command.GetType().Name;
        if (ended.Reply is Reply.Refused refused)
            SandboxLog.Failed(
                _services.Log,
                verb,
                _id.Value,
                ended.Command.Request.Id,
                milliseconds,
                refused.Error.Text
            );
        else
            SandboxLog.Ended(_services.Log, verb, _id.Value, ended.Command.Request.Id, milliseconds);
        Answer(ended.Command, ended.ReplyTo, ended.Reply);
        Become(Idle);
        Stash.UnstashAll();
    }

    private static void Answer(ICommand command, IActorRef replyTo, Reply reply)
    {
        // First: whoever has the answer finds the sandbox idle.
        Context.Parent.Tell(new SandboxesActor.Finished(command, reply));
        replyTo.Tell(reply);
    }

    private CniError Unforeseen(Exception crash, ICommand command)
    {
        SandboxLog.Crashed(_services.Log, command.GetType().Name, _id.Value, command.Request.Id, crash);
        return SandboxErrors.From(crash, command.Request.Id);
    }

    /// <summary>
    /// One is made for each pod: an expression would be built, and interpreted, each time, and the constructor looked
    /// for by reflection.
    /// </summary>
    private sealed class Producer(SandboxId id, SandboxServices services, CancellationToken stopping)
        : IIndirectActorProducer
    {
        public Type ActorType => typeof(SandboxActor);

        public ActorBase Produce() => new SandboxActor(id, services, stopping);

        public void Release(ActorBase actor)
        {
            // Its PostStop has let go of all it had.
        }
    }

    private sealed record Ended(ICommand Command, IActorRef ReplyTo, long StartedAt, Reply Reply);
}
