using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Refs;

/// <summary>The sender of an ask: the first message it is told is the answer, what comes after goes to dead letters.</summary>
internal sealed class FutureActorRef<T>(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private HashSet<InternalActorRef>? _watchers;
    private bool _gone;

    public override ActorPath Path { get; } = path;

    public override ActorSystemImpl System { get; } = system;

    public override bool IsTerminated => _answer.Task.IsCompleted;

    public Task<T> Answer => _answer.Task;

    /// <summary>The cancellation whose doing it was, if it was one; decides how the task ends.</summary>
    public void Cancel(CancellationToken token)
    {
        if (_answer.TrySetCanceled(token))
            TellWatchers();
    }

    public void Fail(Exception cause)
    {
        if (_answer.TrySetException(cause))
            TellWatchers();
    }

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch:
                AddWatcher(watch);
                break;
            case Unwatch unwatch:
                lock (_gate)
                    _watchers?.Remove(unwatch.Watcher);
                break;
            case Terminate:
                Fail(new ActorKilledException($"The ask {Path} was stopped"));
                break;
            case DeathWatchNotification notification:
                Tell(new Terminated(notification.Actor, notification.ExistenceConfirmed, addressTerminated: false), this);
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        var taken = message switch
        {
            T answer => _answer.TrySetResult(answer),
            Status.Failure failure => _answer.TrySetException(failure.Cause),
            _ => FailAsMistyped(message),
        };
        if (taken)
            TellWatchers();
        else if (!_answer.Task.IsCanceled)
            System.DeadLetterRef.Bury(message, sender, this);
    }

    /// <summary>Fails the ask but does not take the message: it was not meant for this type and ends in dead letters too.</summary>
    private bool FailAsMistyped(object message)
    {
        Fail(new ArgumentException($"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
        return false;
    }

    private void AddWatcher(Watch watch)
    {
        lock (_gate)
        {
            if (!_gone)
            {
                (_watchers ??= []).Add(watch.Watcher);
                return;
            }
        }

        watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true));
    }

    private void TellWatchers()
    {
        InternalActorRef[] watchers;
        lock (_gate)
        {
            _gone = true;
            watchers = _watchers is null ? [] : [.. _watchers];
            _watchers = null;
        }

        foreach (var watcher in watchers)
            watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true));
    }
}
