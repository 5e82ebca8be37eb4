using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Cells;

/// <summary>Whom a cell watches and who watches it. However watching and stopping race, a watcher hears of a death exactly once.</summary>
internal sealed class DeathWatch(ActorCell cell)
{
    private Dictionary<IActorRef, object?>? _watching; // value: the message to deliver instead of Terminated
    private Dictionary<IActorRef, object?>? _announced; // told to ourselves, not delivered yet
    private HashSet<InternalActorRef>? _watchers;

    public IActorRef Watch(IActorRef subject, object? message)
    {
        if (InternalActorRef.Of(subject) is not { } watchee || watchee.Equals(cell.Self))
            return subject;

        if (_watching is not null && _watching.ContainsKey(watchee))
            return subject; // with the message of the first time, as in Akka.NET

        watchee.SendSystemMessage(new Watch(watchee, cell.Self));
        (_watching ??= []).Add(watchee, message);
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (InternalActorRef.Of(subject) is { } watchee && _watching is not null && _watching.Remove(subject))
            watchee.SendSystemMessage(new Unwatch(watchee, cell.Self));
        _announced?.Remove(subject);
        return subject;
    }

    public void UnwatchAll()
    {
        if (_watching is not null)
        {
            foreach (var subject in _watching.Keys)
            {
                if (subject is InternalActorRef watchee)
                    watchee.SendSystemMessage(new Unwatch(watchee, cell.Self));
            }
        }

        _watching = null;
        _announced = null;
    }

    /// <summary>What the actor is to be told; null when it has unwatched the subject meanwhile.</summary>
    public object? Admit(Terminated terminated) =>
        _announced is not null && _announced.Remove(terminated.ActorRef, out var message) ? message ?? terminated : null;

    /// <summary>The stash gives a <see cref="Terminated"/> back, which was admitted once: let it in again.</summary>
    public void Announce(Terminated terminated) => (_announced ??= [])[terminated.ActorRef] = null;

    public void OnNotification(DeathWatchNotification notification)
    {
        var dead = notification.Actor;
        if (_watching is not null && _watching.Remove(dead, out var message) && !cell.Children.IsTerminating)
        {
            (_announced ??= [])[dead] = message;
            cell.Self.Tell(new Terminated(dead, notification.ExistenceConfirmed, addressTerminated: false), dead);
        }

        if (cell.Children.StatsOf(dead) is not null && cell.Children.Remove(dead) is { } waiting)
            cell.Lifecycle.OnWaitedFor(waiting);
    }

    public void AddWatcher(InternalActorRef watcher) => (_watchers ??= []).Add(watcher);

    public void RemoveWatcher(InternalActorRef watcher) => _watchers?.Remove(watcher);

    /// <param name="except">The parent, which is told in any case.</param>
    public void TellWatchers(InternalActorRef except)
    {
        if (_watchers is null)
            return;

        foreach (var watcher in _watchers)
        {
            if (!ReferenceEquals(watcher, except))
                watcher.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true));
        }

        _watchers = null;
    }
}
