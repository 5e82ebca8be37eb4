using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Cells;

/// <summary>A child in the eyes of its parent: who it is, and how often it was restarted.</summary>
internal sealed class ChildStats(InternalActorRef child)
{
    public InternalActorRef Child { get; } = child;

    public int Restarts { get; set; }

    /// <summary>When the window that <see cref="Restarts"/> counts in was opened, as a timestamp of the system's clock.</summary>
    public long? WindowOpened { get; set; }
}

/// <summary>How many restarts a strategy allows, and in which time. No retries and a window means one retry per window.</summary>
internal sealed record RestartBudget(int MaxRetries, int WindowMilliseconds)
{
    public static int Milliseconds(TimeSpan? withinTimeRange) => withinTimeRange is { } range ? (int)range.TotalMilliseconds : -1;

    /// <summary>Counts the restart that is asked for.</summary>
    public bool Permits(ChildStats stats, TimeProvider clock)
    {
        if (MaxRetries == 0)
            return false;

        if (WindowMilliseconds > 0)
            return PermitsInWindow(stats, MaxRetries > 0 ? MaxRetries : 1, clock);

        return MaxRetries < 0 || ++stats.Restarts <= MaxRetries;
    }

    private bool PermitsInWindow(ChildStats stats, int retries, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        stats.WindowOpened ??= now;
        if (clock.GetElapsedTime(stats.WindowOpened.Value, now).TotalMilliseconds <= WindowMilliseconds)
            return ++stats.Restarts <= retries;

        stats.WindowOpened = now;
        stats.Restarts = 1;
        return true;
    }
}
