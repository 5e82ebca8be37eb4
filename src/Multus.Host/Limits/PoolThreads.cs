namespace Multus.Host.Limits;

/// <summary>
/// All threads of the pool exist before the daemon takes work, and stay (docs/decisions/0026-limits.md). The runtime
/// makes them when they are needed, and ends the process when it cannot: one plugin that uses up the processes of the
/// daemon's cgroup would end the daemon.
/// </summary>
internal static class PoolThreads
{
    // Enough for every plugin slot that is starting a process and for some that wait for the disk.
    private const int Fewest = 24;
    private const int Most = 48;

    /// <summary>No fewer than processors: the pool takes no smaller number, and says so by a result alone.</summary>
    public static int Count =>
        Math.Max(Environment.ProcessorCount, Math.Clamp(2 * Environment.ProcessorCount, Fewest, Most));

    /// <summary>Call it before anything else uses the pool.</summary>
    /// <exception cref="OutOfMemoryException">So many threads cannot be made.</exception>
    public static void Start()
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        ThreadPool.SetMinThreads(Count, ports); // each item that is queued gets a thread of its own, up to this
        ThreadPool.SetMaxThreads(Count, Count);
        HaveAllMeet(Count);

        // How many of them work at once is for the pool to find out, as it does without this: it begins with one for
        // each processor.
        usual = Math.Min(usual, Count);
        ThreadPool.SetMinThreads(usual, ports);
        ThreadPool.SetMaxThreads(usual, Count);
        ThreadPool.SetMaxThreads(Count, Count);
    }

    private static void HaveAllMeet(int count)
    {
        var door = new object();
        var missing = count;
        for (var i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    lock (door)
                    {
                        missing--;
                        Monitor.PulseAll(door);
                        while (missing > 0)
                            Monitor.Wait(door);
                    }
                },
                null
            );
        }

        lock (door)
        {
            while (missing > 0)
                Monitor.Wait(door);
        }
    }
}
