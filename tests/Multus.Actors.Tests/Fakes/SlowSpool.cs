using System.Collections.Concurrent;
using Multus.Core.Pods;
using Multus.Engine.State;

namespace Multus.Actors.Tests.Fakes;

/// <summary>A spool on a disk that may hang.</summary>
internal sealed class SlowSpool(IStatusSpool spool) : IStatusSpool
{
    /// <summary>What every change waits for.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    public Exception? KeepFailure { get; set; }

    /// <summary>The changes that have begun, in their order.</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    public int Count => spool.Count;

    public bool Has(PodKey pod) => spool.Has(pod);

    public void Keep(SpooledStatus status, DateTimeOffset since)
    {
        Begun.Enqueue($"keep {status.Pod.Name} {status.Json}");
        Disk.Wait();
        if (KeepFailure is { } failure)
            throw failure;
        spool.Keep(status, since);
    }

    public void Forget(PodKey pod)
    {
        Begun.Enqueue($"forget {pod.Name}");
        Disk.Wait();
        spool.Forget(pod);
    }

    public IReadOnlyList<(SpooledStatus Status, DateTimeOffset Since)> Load() => spool.Load();
}
