using Multus.ActorKernel.Scheduling;

namespace Multus.ActorKernel.TestKit;

/// <summary>
/// A scheduler whose time the test moves. As in Akka.NET a repeated entry fires once in one <see cref="Advance"/>, however far it goes, and then again an interval
/// after that moment; and only the schedule is virtual, <see cref="ITimeProvider.MonotonicClock"/> is not.
/// </summary>
public sealed class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _gate = new();
    private readonly Entries _entries;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly List<Entry> _due = [];
    private DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private long _order;

    internal TestScheduler() => _entries = new Entries(this);

    public IAdvancedScheduler Advanced => this;

    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    public TimeSpan MonotonicClock => TimeProvider.System.GetElapsedTime(_started);

    public TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <summary>Moves time on and runs what has become due, in order, on this thread.</summary>
    public void Advance(TimeSpan offset)
    {
        foreach (var entry in TakeDue(offset))
        {
            if (entry.Cancelable is { IsCancellationRequested: true })
                continue;

            entry.Action();
            if (entry.Interval is { } interval)
                Add(interval, interval, entry.Action, entry.Cancelable);
        }
    }

    /// <exception cref="InvalidOperationException">The moment has passed.</exception>
    public void AdvanceTo(DateTimeOffset when)
    {
        var offset = when - Now;
        if (offset < TimeSpan.Zero)
            throw new InvalidOperationException($"Time does not go back: it is {Now}, and was to be {when}");

        Advance(offset);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        _entries.ScheduleTellOnce(delay, receiver, message, sender);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        _entries.ScheduleTellOnce(delay, receiver, message, sender, cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        _entries.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        _entries.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => _entries.ScheduleOnce(delay, action);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => _entries.ScheduleOnce(delay, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => _entries.ScheduleRepeatedly(initialDelay, interval, action);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        _entries.ScheduleRepeatedly(initialDelay, interval, action, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        lock (_gate)
            _due.Add(new Entry(_now + delay, _order++, interval, action, cancelable));
    }

    private List<Entry> TakeDue(TimeSpan offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, TimeSpan.Zero);
        lock (_gate)
        {
            _now += offset;
            var due = _due.Where(entry => entry.At <= _now).OrderBy(entry => entry.At).ThenBy(entry => entry.Order).ToList();
            _due.RemoveAll(entry => entry.At <= _now || entry.Cancelable is { IsCancellationRequested: true });
            return due;
        }
    }

    private sealed record Entry(DateTimeOffset At, long Order, TimeSpan? Interval, Action Action, ICancelable? Cancelable);

    private sealed class Entries(TestScheduler scheduler) : SchedulerBase
    {
        public override DateTimeOffset Now => scheduler.Now;

        public override TimeSpan MonotonicClock => scheduler.MonotonicClock;

        protected override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable) =>
            scheduler.Add(delay, interval, action, cancelable);
    }
}
