namespace Multus.Host.Server;

/// <summary>Collects the young generations after every so many allocated bytes, so that memory follows what is alive (docs/decisions/0008-garbage-budget.md).</summary>
internal sealed class GarbageBudget(long bytes)
{
    private const int OldestYoungGeneration = 1;

    private long _allocatedAtLast;
    private int _collecting;

    /// <summary>Call after each request: cheap unless the budget is used up. Any thread.</summary>
    public void Spend()
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: false);
        if (allocated - Volatile.Read(ref _allocatedAtLast) < bytes || Interlocked.Exchange(ref _collecting, 1) != 0)
            return;

        GC.Collect(OldestYoungGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        Volatile.Write(ref _allocatedAtLast, allocated);
        Volatile.Write(ref _collecting, 0);
    }
}
