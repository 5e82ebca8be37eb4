using System.Collections.Concurrent;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.Scheduling;

/// <summary>The scheduler of a running system: one timer of the time provider for each entry. Once disposed it fires nothing more.</summary>
internal sealed class TimeProviderScheduler(TimeProvider clock, ActorSystem system) : SchedulerBase, IDisposable
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(1); // below, a timer of the framework would fire once only

    private readonly ConcurrentDictionary<Entry, bool> _entries = new(); // keeps the timers alive
    private readonly long _started = clock.GetTimestamp();
    private volatile bool _disposed;

    public override DateTimeOffset Now => clock.GetUtcNow();

    public override TimeSpan MonotonicClock => clock.GetElapsedTime(_started);

    public void Dispose()
    {
        _disposed = true;
        foreach (var entry in _entries.Keys)
            entry.End();
    }

    protected override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        if (_disposed || cancelable is { IsCancellationRequested: true })
            return;

        var entry = new Entry(this, action, isPeriodic: interval is not null);
        _entries[entry] = true;
        entry.Start(delay, interval, cancelable);
        if (_disposed)
            entry.End();
    }

    private sealed class Entry(TimeProviderScheduler scheduler, Action action, bool isPeriodic)
    {
        private ITimer? _timer;
        private CancellationTokenRegistration _cancellation;
        private volatile bool _ended;

        public void Start(TimeSpan delay, TimeSpan? interval, ICancelable? cancelable)
        {
            _timer = scheduler.Clock.CreateTimer(static entry => ((Entry)entry!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (cancelable is not null)
                _cancellation = cancelable.Token.UnsafeRegister(static entry => ((Entry)entry!).End(), this);

            var period = interval is { } wanted ? Max(wanted, ShortestPeriod) : Timeout.InfiniteTimeSpan;
            if (!_ended)
                _timer.Change(delay, period); // without effect on a timer disposed meanwhile
        }

        public void End()
        {
            _ended = true;
            _cancellation.Unregister();
            _timer?.Dispose();
            scheduler._entries.TryRemove(this, out _);
        }

        private void Fire()
        {
            if (_ended)
                return;

            if (!isPeriodic)
                End();
            try
            {
                action();
            }
            catch (Exception x)
            {
                scheduler.Report(x);
            }
        }

        private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
    }

    private TimeProvider Clock => clock;

    private void Report(Exception cause) =>
        system.EventStream.Publish(new Error(cause, system.Name, typeof(TimeProviderScheduler), $"A scheduled action failed: {cause.Message}"));
}
