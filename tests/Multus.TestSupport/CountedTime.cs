using Microsoft.Extensions.Time.Testing;

namespace Multus.TestSupport;

/// <summary>
/// Time that stands still until the test moves it, and knows how many timers wait for it to go by: how a test sees that
/// its subject sleeps. A timer may be changed by one thread and disposed of by another, as that of a real clock: the
/// library's own fails the test's next step then (findings/fake-time-change-beside-dispose.sh).
/// </summary>
public sealed class CountedTime : FakeTimeProvider
{
    private int _pending;

    public CountedTime() { }

    /// <param name="start">What time it is.</param>
    public CountedTime(DateTimeOffset start)
        : base(start) { }

    public int PendingTimers => Volatile.Read(ref _pending);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new CountedTimer(this, callback, state);
        timer.Inner = base.CreateTimer(
            static it => ((CountedTimer)it!).Fire(),
            timer,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class CountedTimer(CountedTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _one = new(); // of Change and Dispose
        private bool _isPeriodic;
        private bool _isDisposed;
        private int _isPending;

        public ITimer Inner { get; set; } = null!; // set before anybody has the timer

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_one)
            {
                if (_isDisposed)
                    return false;
                _isPeriodic = period > TimeSpan.Zero;
                SetPending(dueTime != Timeout.InfiniteTimeSpan);
                return Inner.Change(dueTime, period);
            }
        }

        public void Fire()
        {
            if (!_isPeriodic)
                SetPending(false);
            callback(state);
        }

        public void Dispose()
        {
            lock (_one)
            {
                _isDisposed = true;
                Inner.Dispose();
                SetPending(false);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void SetPending(bool isPending)
        {
            var now = isPending ? 1 : 0;
            Interlocked.Add(ref time._pending, now - Interlocked.Exchange(ref _isPending, now));
        }
    }
}
