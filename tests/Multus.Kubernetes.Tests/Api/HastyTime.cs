namespace Multus.Kubernetes.Tests.Api;

/// <summary>
/// Time in which nobody has to wait: a wait ends as soon as it begins, and the clock says that it took as long as it
/// was to take. What is a limit rather than a wait, an hour or so, never comes.
/// </summary>
/// <param name="limit">From here on it is no wait.</param>
/// <param name="start">The first moment; some time far from now, if it does not matter.</param>
internal sealed class HastyTime(TimeSpan limit, DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _waits = [];
    private DateTimeOffset _now = start ?? new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All waits so far, in the order in which they began.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate)
                return [.. _waits];
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero || dueTime >= limit)
            return new NoTimer();
        lock (_gate)
        {
            _waits.Add(dueTime);
            _now += dueTime;
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // nothing runs
        }

        public ValueTask DisposeAsync() => default;
    }
}
