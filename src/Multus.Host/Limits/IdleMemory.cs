using System.Runtime;
using Multus.Linux.Processes;

namespace Multus.Host.Limits;

/// <summary>
/// Gives memory back to the system when a burst of large requests is over. The runtime collects when it allocates: a
/// daemon that has nothing to do would keep what the last burst took (docs/decisions/0026-limits.md).
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    /// <summary>A collection costs some milliseconds: for less than this it is not worth it.</summary>
    public const long WorthIt = 4 * 1024 * 1024;

    /// <summary>How long no large request may have come.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly Action _drop;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private long _used;

    /// <param name="drop">Lets go of what is kept for the next burst.</param>
    public IdleMemory(Action drop, TimeProvider time, ILogger log)
    {
        _drop = drop;
        _log = log;
        _timer = time.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request is done that took so many bytes.</summary>
    public void Used(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) >= WorthIt)
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void GiveBack()
    {
        var before = Environment.WorkingSet;
        Interlocked.Exchange(ref _used, 0);
        _drop();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        ProgramText.Release();
        HostLog.MemoryGivenBack(_log, before >> 20, Environment.WorkingSet >> 20);
    }
}
