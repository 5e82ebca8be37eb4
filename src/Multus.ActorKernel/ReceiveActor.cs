using Multus.ActorKernel.Cells;

namespace Multus.ActorKernel;

/// <summary>An actor whose constructor lists a handler per message type. The first handler that fits takes the message.</summary>
/// <remarks>Handlers can be added in the constructor and inside of <see cref="Become(Action)"/> only.</remarks>
public abstract class ReceiveActor : UntypedActor, IInitializableActor
{
    private readonly Stack<MessageHandlers> _building = new(1);
    private MessageHandlers? _initial;

    protected ReceiveActor() => _building.Push(new MessageHandlers());

    void IInitializableActor.Init() => _initial = _building.Pop();

    protected sealed override void OnReceive(object message) => Handle(_initial!, message);

    /// <summary>Replaces the handlers by those that <paramref name="configure"/> adds.</summary>
    protected void Become(Action configure)
    {
        var handlers = Build(configure);
        base.Become(message => Handle(handlers, message));
    }

    /// <summary>As <see cref="Become(Action)"/>, keeping the present ones for <see cref="ActorBase.UnbecomeStacked"/>.</summary>
    protected void BecomeStacked(Action configure)
    {
        var handlers = Build(configure);
        base.BecomeStacked(message => Handle(handlers, message));
    }

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Adding().Add(handler, shouldHandle);

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Adding().Add(handler, shouldHandle);

    /// <summary>A handler that says itself whether the message was for it.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Adding().Add(handler);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Adding().Add(handler, message => messageType.IsInstanceOfType(message) && (shouldHandle is null || shouldHandle(message)));

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Receive(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) =>
        Adding().Add<object>(message => messageType.IsInstanceOfType(message) && handler(message));

    protected void ReceiveAny(Action<object> handler) => Adding().Add(handler, shouldHandle: null);

    /// <summary>The mailbox rests until the task is done; <c>Sender</c> and <c>Context</c> stay valid over its awaits.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive<T>(message => ActorCell.Required.Async.Run(() => handler(message)), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, message => ActorCell.Required.Async.Run(() => handler(message)), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync(handler);

    private MessageHandlers Build(Action configure)
    {
        var handlers = new MessageHandlers();
        _building.Push(handlers);
        try
        {
            configure();
            return handlers;
        }
        finally
        {
            _building.Pop();
        }
    }

    private void Handle(MessageHandlers handlers, object message)
    {
        if (!handlers.TryHandle(message))
            Unhandled(message);
    }

    private MessageHandlers Adding() => _building.TryPeek(out var handlers)
        ? handlers
        : throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become()");
}
