using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Cells;

/// <summary>One actor from its creation to its end, over all its instances. Everything but <see cref="Mailbox"/> and <see cref="Children"/> belongs to the actor's turn.</summary>
internal sealed class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell? t_current;

    private readonly Behaviors _behaviors = new();

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, InternalActorRef parent)
    {
        System = system;
        Self = self;
        Props = props;
        Parent = parent;
        Mailbox = new Mailbox(this, dispatcher.ExecutorFor(self.Path), dispatcher.Throughput);
        Children = new ChildrenContainer(this);
        Turns = new Turns(this);
        Lifecycle = new Lifecycle(this);
        DeathWatch = new DeathWatch(this);
        Async = new AsyncTurns(this);
        Idleness = new Idleness(this);
    }

    /// <summary>The cell whose turn runs on this thread.</summary>
    public static ActorCell? Current => t_current;

    public static IActorRef? CurrentSelfOrNoSender => t_current?.Self ?? OutsideSender?.Invoke();

    /// <summary>Who sends outside of any actor: the test kit's actor in a test; null in a running system.</summary>
    public static Func<IActorRef?>? OutsideSender { get; set; }

    public static ActorCell Required => t_current ?? throw new NotSupportedException("No actor is running on this thread");

    public ActorSystemImpl System { get; }

    public LocalActorRef Self { get; }

    public Props Props { get; }

    public InternalActorRef Parent { get; }

    public Mailbox Mailbox { get; }

    public ChildrenContainer Children { get; }

    public Turns Turns { get; }

    public Lifecycle Lifecycle { get; }

    public DeathWatch DeathWatch { get; }

    public AsyncTurns Async { get; }

    public Idleness Idleness { get; }

    /// <summary>Null before the first instance is made and after the last is gone.</summary>
    public ActorBase? Actor { get; set; }

    /// <summary>The message being handled, or the one that failed while the actor waits for its supervisor.</summary>
    public object? CurrentMessage { get; set; }

    public IActorRef? CurrentSender { get; set; }

    /// <summary>Grows by one with each message taken: two messages that are equal are still two.</summary>
    public long CurrentEnvelopeId { get; set; }

    public Receive Behavior => _behaviors.Current;

    public IActorRef Sender => CurrentSender ?? System.DeadLetterRef;

    public TimeSpan? ReceiveTimeout => Idleness.Timeout;

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    ActorSystem IActorContext.System => System;

    /// <summary>Makes the cell the one that runs on this thread.</summary>
    public static ActorCell? Enter(ActorCell cell)
    {
        var previous = t_current;
        t_current = cell;
        return previous;
    }

    public static void Leave(ActorCell? previous) => t_current = previous;

    /// <summary>Sets the actor going: its first turn creates the instance.</summary>
    public void Start() => Mailbox.PostSystem(new Create());

    public IActorRef ActorOf(Props props, string? name = null) => Children.Start(props, name);

    public ActorSelection ActorSelection(ActorPath actorPath) => ActorKernel.ActorSelection.Of(System, Self, actorPath.ToString());

    public ActorSelection ActorSelection(string actorPath) => ActorKernel.ActorSelection.Of(System, Self, actorPath);

    public IActorRef Child(string name) => Children.Find(name) ?? (IActorRef)Nobody.Instance;

    public IEnumerable<IActorRef> GetChildren() => Children.All();

    public void Stop(IActorRef child)
    {
        if (InternalActorRef.Of(child) is not { } reference)
            return;

        Children.MarkStopping(reference);
        reference.Stop();
    }

    public IActorRef Watch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return DeathWatch.Watch(subject, message: null);
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(message);
        return DeathWatch.Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject) => DeathWatch.Unwatch(subject);

    public void SetReceiveTimeout(TimeSpan? timeout) => Idleness.Set(timeout);

    public void Become(Receive receive) => _behaviors.Replace(receive);

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void Become(UntypedReceive receive) => _behaviors.Replace(Typed(receive));

    public void BecomeStacked(UntypedReceive receive) => _behaviors.Push(Typed(receive));

    public void UnbecomeStacked() => _behaviors.Pop();

    /// <summary>The message was handled: nothing holds it, or its sender, any longer.</summary>
    public void ForgetMessage()
    {
        CurrentMessage = null;
        CurrentSender = null;
    }

    public void ForgetBehaviors() => _behaviors.Clear();

    private static Receive Typed(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };
}
