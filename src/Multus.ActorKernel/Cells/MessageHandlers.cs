namespace Multus.ActorKernel.Cells;

/// <summary>The handlers of one behaviour, tried in the order they were added.</summary>
internal sealed class MessageHandlers
{
    private readonly List<Handler> _handlers = [];
    private bool _catchesAll;

    public void Add<T>(Action<T> handle, Predicate<T>? shouldHandle) =>
        Add(new ActionHandler<T>(handle, shouldHandle), catchesAll: typeof(T) == typeof(object) && shouldHandle is null);

    public void Add<T>(Func<T, bool> handle) => Add(new FunctionHandler<T>(handle), catchesAll: false);

    public bool TryHandle(object message)
    {
        foreach (var handler in _handlers)
        {
            if (handler.TryHandle(message))
                return true;
        }

        return false;
    }

    private void Add(Handler handler, bool catchesAll)
    {
        if (_catchesAll)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");

        _handlers.Add(handler);
        _catchesAll = catchesAll;
    }

    private abstract class Handler
    {
        public abstract bool TryHandle(object message);
    }

    private sealed class ActionHandler<T>(Action<T> handle, Predicate<T>? shouldHandle) : Handler
    {
        public override bool TryHandle(object message)
        {
            if (message is not T typed || (shouldHandle is not null && !shouldHandle(typed)))
                return false;

            handle(typed);
            return true;
        }
    }

    private sealed class FunctionHandler<T>(Func<T, bool> handle) : Handler
    {
        public override bool TryHandle(object message) => message is T typed && handle(typed);
    }
}

/// <summary>An actor that has something to do between its constructor and <c>PreStart</c>.</summary>
internal interface IInitializableActor
{
    void Init();
}
