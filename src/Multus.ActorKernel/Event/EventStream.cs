using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Event;

/// <summary>Hands what is published to everyone who subscribed to its type, one of its base types or an interface. Who stops is unsubscribed.</summary>
public sealed class EventStream
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Type, ImmutableArray<IActorRef>> _byEvent = new();
    private ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> _channels = ImmutableDictionary<IActorRef, ImmutableHashSet<Type>>.Empty;
    private ImmutableArray<ILogSink> _sinks = [];
    private FunctionRef? _undertaker;

    internal EventStream(LogLevel logLevel) => LogLevel = logLevel;

    /// <summary>What loggers drop before it is published.</summary>
    public LogLevel LogLevel { get; private set; }

    public void SetLogLevel(LogLevel logLevel) => LogLevel = logLevel;

    /// <returns>False if it was subscribed already.</returns>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_gate)
        {
            var present = _channels.GetValueOrDefault(subscriber, ImmutableHashSet<Type>.Empty);
            if (present.Contains(channel))
                return false;

            _channels = _channels.SetItem(subscriber, present.Add(channel));
            _byEvent.Clear();
            if (present.IsEmpty && InternalActorRef.Of(subscriber) is LocalActorRef local && _undertaker is not null)
                local.SendSystemMessage(new Watch(local, _undertaker));
        }

        return true;
    }

    /// <returns>False if it was not subscribed.</returns>
    public bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(subscriber, out var present) || !present.Contains(channel))
                return false;

            var left = present.Remove(channel);
            _channels = left.IsEmpty ? _channels.Remove(subscriber) : _channels.SetItem(subscriber, left);
            _byEvent.Clear();
            if (left.IsEmpty)
                Unwatch(subscriber);
        }

        return true;
    }

    /// <summary>Ends all subscriptions of a subscriber.</summary>
    /// <returns>False if it had none.</returns>
    public bool Unsubscribe(IActorRef subscriber)
    {
        lock (_gate)
        {
            if (!_channels.ContainsKey(subscriber))
                return false;

            _channels = _channels.Remove(subscriber);
            _byEvent.Clear();
            Unwatch(subscriber);
        }

        return true;
    }

    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        if (@event is LogEvent or AllDeadLetters)
        {
            foreach (var sink in _sinks)
                Write(sink, @event);
        }

        foreach (var subscriber in SubscribersOf(@event.GetType()))
            subscriber.Tell(@event, ActorRefs.NoSender);
    }

    internal void Start(ActorSystemImpl system) => _undertaker = new FunctionRef(
        system,
        system.NewFunctionPath("event-stream-unsubscriber"),
        (message, sender) => system.DeadLetterRef.Bury(message, sender, system.DeadLetterRef),
        message =>
        {
            if (message is DeathWatchNotification notification)
                Unsubscribe(notification.Actor);
        });

    /// <summary>Has a sink see every line and dead letter on the thread that publishes it: nothing is lost at the end of a process.</summary>
    internal void Attach(ILogSink sink)
    {
        lock (_gate)
            _sinks = _sinks.Add(sink);
    }

    /// <summary>A log that fails must not take down the actor that writes to it.</summary>
    private static void Write(ILogSink sink, object @event)
    {
        try
        {
            if (@event is LogEvent line)
                sink.Write(line);
            else
                sink.Write((AllDeadLetters)@event);
        }
        catch (Exception x)
        {
            Console.Error.WriteLine($"{sink.GetType().Name} failed to take a {@event.GetType().Name}: {x}");
        }
    }

    private ImmutableArray<IActorRef> SubscribersOf(Type type)
    {
        if (_byEvent.TryGetValue(type, out var known))
            return known;

        lock (_gate) // so that what is put in is not older than a subscription that clears the cache
        {
            var subscribers = ImmutableArray.CreateBuilder<IActorRef>();
            foreach (var (subscriber, channels) in _channels)
            {
                if (channels.Any(channel => channel.IsAssignableFrom(type)))
                    subscribers.Add(subscriber);
            }

            return _byEvent[type] = subscribers.ToImmutable();
        }
    }

    private void Unwatch(IActorRef subscriber)
    {
        if (InternalActorRef.Of(subscriber) is LocalActorRef local && _undertaker is not null)
            local.SendSystemMessage(new Unwatch(local, _undertaker));
    }
}

/// <summary>Subscribing by type argument.</summary>
public static class EventBusExtensions
{
    public static bool Subscribe<TChannel>(this EventStream bus, IActorRef subscriber) => bus.Subscribe(subscriber, typeof(TChannel));

    public static bool Unsubscribe<TChannel>(this EventStream bus, IActorRef subscriber) => bus.Unsubscribe(subscriber, typeof(TChannel));
}
