using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.Cells;

/// <summary>The timers of one instance.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];
    private long _generation;

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval, sender: null);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) => Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) => Start(key, msg, initialDelay, interval, sender: null);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, interval: null, sender: null);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, interval: null, sender);

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
            timer.Task.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
            timer.Task.Cancel();
        _timers.Clear();
    }

    /// <summary>What to deliver for a tick; null when its timer was cancelled or replaced after it went into the mailbox.</summary>
    public object? Admit(TimerMessage tick)
    {
        if (!_timers.TryGetValue(tick.Key, out var timer) || timer.Generation != tick.Generation)
            return null;

        if (!timer.IsPeriodic)
            _timers.Remove(tick.Key);
        return tick.Message;
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef? sender)
    {
        Cancel(key);
        var generation = ++_generation;
        TimerMessage tick = message is INotInfluenceReceiveTimeout
            ? new QuietTimerMessage(this, key, generation, message)
            : new TimerMessage(this, key, generation, message);
        var task = interval is { } every
            ? cell.System.Scheduler.ScheduleTellRepeatedlyCancelable(delay, every, cell.Self, tick, sender)
            : cell.System.Scheduler.ScheduleTellOnceCancelable(delay, cell.Self, tick, sender);
        _timers[key] = new Timer(generation, interval is not null, task);
    }

    private sealed record Timer(long Generation, bool IsPeriodic, ICancelable Task);
}

/// <summary>The message of a timer on its way: says of which timer it is, so that one that came too late can be told.</summary>
internal class TimerMessage(TimerScheduler owner, object key, long generation, object message) : IDeadLetterSuppression
{
    public object Key { get; } = key;

    public long Generation { get; } = generation;

    public object Message { get; } = message;

    /// <summary>What the actor is to be told, or null for nothing. A message for the runtime is handled on the way.</summary>
    public object? Admit(ActorBase actor)
    {
        if (actor is not IWithTimers { Timers: TimerScheduler timers } || !ReferenceEquals(timers, owner) || timers.Admit(this) is not { } admitted)
            return null;

        var cell = ActorCell.Required;
        if (admitted is IAutoReceivedMessage)
        {
            cell.Turns.AutoReceive(admitted);
            return null;
        }

        cell.CurrentMessage = admitted; // what a stash would keep
        return admitted;
    }
}

/// <summary>A tick that does not start the receive timeout anew.</summary>
internal sealed class QuietTimerMessage(TimerScheduler owner, object key, long generation, object message)
    : TimerMessage(owner, key, generation, message), INotInfluenceReceiveTimeout;
