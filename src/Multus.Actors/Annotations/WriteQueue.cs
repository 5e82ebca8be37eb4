using Multus.Core.Pods;

namespace Multus.Actors.Annotations;

/// <summary>
/// Decides which pod is written next: one write of a pod at a time, the newest wish only, at most <c>maxInFlight</c> pods at once, first come, first served.
/// </summary>
/// <remarks>No I/O, no clock, no actor types; one actor owns it. A pod that waits for its retry is not startable until <see cref="Retry"/>.</remarks>
public sealed class WriteQueue<TWrite, TWaiter>(int maxInFlight)
    where TWrite : class
{
    private readonly Dictionary<PodKey, Entry> _pods = [];
    private readonly Queue<PodKey> _startable = new();
    private int _inFlight;

    /// <summary>Pods with something still to be written.</summary>
    public int Pods => _pods.Count;

    public int InFlight => _inFlight;

    /// <summary>Wishes for a write; an older wish that has not started is replaced, and who waited for it waits for this one.</summary>
    public void Want(PodKey pod, TWrite write, TWaiter waiter)
    {
        if (!_pods.TryGetValue(pod, out var entry))
            _pods.Add(pod, entry = new Entry());
        entry.Wanted = write;
        entry.Waiters.Add(waiter);
        if (entry is { Running: false, Queued: false })
            MakeStartable(pod, entry); // also out of a back-off: new content deserves a try of its own
    }

    public bool TryStart(out PodKey? pod, out TWrite? write)
    {
        pod = null;
        write = null;
        if (_inFlight >= maxInFlight || !_startable.TryDequeue(out pod))
            return false;

        var entry = _pods[pod];
        entry.Queued = false;
        entry.Running = true;
        entry.RunningWaiters = entry.Waiters;
        entry.Waiters = [];
        write = entry.Wanted!;
        entry.Wanted = null;
        _inFlight++;
        return true;
    }

    /// <summary>The running write of a pod is over for good, stored or refused.</summary>
    /// <returns>Who waited for it.</returns>
    public IReadOnlyList<TWaiter> Finish(PodKey pod)
    {
        var entry = _pods[pod];
        var waiters = Ended(entry);
        entry.Failures = 0;
        if (entry.Wanted is null)
            _pods.Remove(pod);
        else
            MakeStartable(pod, entry);
        return waiters;
    }

    /// <summary>The running write of a pod failed and is wanted again, unless a newer one is wanted already.</summary>
    /// <returns>Who waited for it, and how many times in a row this pod has failed. Follow with <see cref="Retry"/> after the back-off.</returns>
    public (IReadOnlyList<TWaiter> Waiters, int Failures) Fail(PodKey pod, TWrite write)
    {
        var entry = _pods[pod];
        var waiters = Ended(entry);
        entry.Wanted ??= write;
        return (waiters, ++entry.Failures);
    }

    /// <summary>The back-off of a pod is over.</summary>
    public void Retry(PodKey pod)
    {
        if (_pods.TryGetValue(pod, out var entry) && entry is { Running: false, Queued: false, Wanted: not null })
            MakeStartable(pod, entry);
    }

    private List<TWaiter> Ended(Entry entry)
    {
        _inFlight--;
        entry.Running = false;
        var waiters = entry.RunningWaiters;
        entry.RunningWaiters = [];
        return waiters;
    }

    private void MakeStartable(PodKey pod, Entry entry)
    {
        entry.Queued = true;
        _startable.Enqueue(pod);
    }

    private sealed class Entry
    {
        public TWrite? Wanted { get; set; }

        public List<TWaiter> Waiters { get; set; } = [];

        public List<TWaiter> RunningWaiters { get; set; } = [];

        public bool Running { get; set; }

        public bool Queued { get; set; }

        public int Failures { get; set; }
    }
}
