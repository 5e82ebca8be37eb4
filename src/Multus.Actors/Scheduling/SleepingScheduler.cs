using Akka.Dispatch;

namespace Multus.Actors.Scheduling;

/// <summary>Akka's timers on those of .NET: a thread wakes when something is due, and at no other time.</summary>
/// <remarks>
/// Akka's own scheduler turns a wheel, and wakes a thread for each of its ticks: docs/decisions/0021-idle.md.
/// </remarks>
internal sealed class SleepingScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private readonly Lock _one = new(); // guards the two below
    private readonly HashSet<Entry> _waiting = []; // a timer that nobody holds is collected, and never fires
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _startedAt;
    private bool _ended;

    /// <summary>As Akka calls it, for akka.scheduler.implementation.</summary>
    public SleepingScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => _startedAt = _time.GetTimestamp();

    /// <summary>How much is due later.</summary>
    public int Waiting
    {
        get
        {
            lock (_one)
                return _waiting.Count;
        }
    }

    public override TimeSpan MonotonicClock => _time.GetElapsedTime(_startedAt);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    /// <summary>What is due later is forgotten, as in Akka's own scheduler when its system ends.</summary>
    public void Dispose()
    {
        lock (_one)
        {
            _ended = true;
            foreach (var entry in _waiting)
                entry.Stop();
            _waiting.Clear();
        }
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        Action action,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        IRunnable action,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, action.Run, cancelable);

    /// <param name="delay">Until the first time.</param>
    /// <param name="interval">Infinite: there is no second time.</param>
    /// <param name="work">What is due.</param>
    /// <param name="cancelable">May be null, whatever Akka's signatures say.</param>
    private void Schedule(TimeSpan delay, TimeSpan interval, Action work, ICancelable? cancelable)
    {
        if (cancelable?.IsCancellationRequested == true)
            return;

        var entry = new Entry(this, work, cancelable, isRepeated: interval != Timeout.InfiniteTimeSpan);
        lock (_one)
        {
            if (_ended)
                throw new SchedulerException("nothing can be scheduled any more: the actor system has ended");

            _waiting.Add(entry);
            entry.Start(_time, delay, interval);
        }

        entry.EndWhenCancelled();
    }

    private void Forget(Entry entry)
    {
        lock (_one)
        {
            _waiting.Remove(entry);
            entry.Stop();
        }
    }

    private sealed class Entry(SleepingScheduler scheduler, Action work, ICancelable? cancelable, bool isRepeated)
    {
        private ITimer? _timer;
        private CancellationTokenRegistration _cancelled;

        public void Start(TimeProvider time, TimeSpan delay, TimeSpan interval)
        {
            using var _ = ExecutionContext.IsFlowSuppressed()
                ? default(AsyncFlowControl?)
                : ExecutionContext.SuppressFlow(); // what is due later is no part of who asked for it
            _timer = time.CreateTimer(entry => ((Entry)entry!).Fire(), this, delay, interval);
        }

        // Or what was given up would be held until it had been due: most time-outs are given up.
        public void EndWhenCancelled()
        {
            if (cancelable is not null)
                _cancelled = cancelable.Token.UnsafeRegister(entry => ((Entry)entry!).End(), this);
        }

        public void Stop() => _timer?.Dispose();

        private void End() => scheduler.Forget(this);

        private void Fire()
        {
            if (!isRepeated)
            {
                End();
                _cancelled.Unregister();
            }

            if (cancelable?.IsCancellationRequested == true)
                return;

            try
            {
                work();
            }
            catch (Exception crash)
            {
                scheduler.Log.Error(crash, "what the scheduler was asked to do failed");
            }
        }
    }
}
