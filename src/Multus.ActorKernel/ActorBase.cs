using Multus.ActorKernel.Cells;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel;

/// <summary>The base of every actor: its hooks, and what it sees of the runtime.</summary>
public abstract class ActorBase
{
    private readonly IActorRef _self;
    private SupervisorStrategy? _strategy;

    /// <exception cref="ActorInitializationException">The actor was made with <c>new</c> instead of through <see cref="Props"/>.</exception>
    protected ActorBase()
    {
        var cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"An actor is made by the runtime: pass Props.Create(() => new {GetType().Name}(…)) to ActorOf instead of calling the constructor");
        _self = cell.Self;
        cell.Become(Receive);
    }

    protected IActorRef Self => HasBeenCleared ? _self : Context.Self;

    protected IActorRef Sender => Context.Sender;

    /// <exception cref="NotSupportedException">No actor is running on this thread, most likely because of an await in a handler.</exception>
    protected static IActorContext Context => ActorCell.Current
        ?? throw new NotSupportedException("There is no active ActorContext: it is valid in the actor's own turns only, not after an await or on another thread");

    internal bool HasBeenCleared { get; private set; }

    /// <summary>The strategy of the props if they name one, else the actor's own, asked for once.</summary>
    internal SupervisorStrategy StrategyInForce
    {
        get => _strategy ??= SupervisorStrategy();
        set => _strategy = value;
    }

    internal bool Run(Receive receive, object message) => AroundReceive(receive, message);

    internal void RunPreStart() => AroundPreStart();

    internal void RunPostStop() => AroundPostStop();

    internal void RunPreRestart(Exception cause, object? message) => AroundPreRestart(cause, message);

    internal void RunPostRestart(Exception cause, object? message) => AroundPostRestart(cause, message);

    internal void Clear() => HasBeenCleared = true;

    protected abstract bool Receive(object message);

    /// <summary>Around every message: hands it to the behaviour, and to <see cref="Unhandled"/> if the behaviour does not want it.</summary>
    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (message is TimerMessage timer)
        {
            if (timer.Admit(this) is not { } admitted)
                return true;

            message = admitted;
        }

        var wasHandled = receive(message);
        if (!wasHandled)
            Unhandled(message);
        return wasHandled;
    }

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPostStop()
    {
        (this as IWithTimers)?.Timers?.CancelAll();
        PostStop();
    }

    public virtual void AroundPreRestart(Exception cause, object? message)
    {
        (this as IWithTimers)?.Timers?.CancelAll();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>Runs before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Runs after the last message; the children have all stopped by then.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Runs on the failed instance before it is replaced. By default unwatches and stops all children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new instance. By default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>What to do when a child fails. The default restarts it.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => ActorKernel.SupervisorStrategy.DefaultStrategy;

    /// <summary>What to do with a message nobody wanted: publishes <see cref="UnhandledMessage"/>.</summary>
    /// <exception cref="DeathPactException">The message is a <see cref="Terminated"/>: who watches must handle it.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);

        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);
}
