using Multus.Core.Pods;

namespace Multus.Actors.Annotations;

/// <summary>
/// Decides which pod is written next: one write of a pod at a time, the newest write only, at most <c>maxInFlight</c>
/// pods at once, first come, first served.
/// </summary>
/// <remarks>
/// No I/O, no clock, no actor types; one actor owns it. A pod that waits for its retry is not startable until
/// <see cref="Retry"/>, one that is held not until <see cref="Release"/>.
/// </remarks>
public sealed class WriteQueue<TWrite, TWaiter>(int maxInFlight)
    where TWrite : class
    where TWaiter : class
{
    private readonly Dictionary<PodKey, Entry> _pods = [];
    private readonly Queue<PodKey> _startable = new();
    private int _inFlight;

    /// <summary>Pods with something still to be written.</summary>
    public int Pods => _pods.Count;

    public int InFlight => _inFlight;

    /// <summary>
    /// Since when the pod that has waited longest has something to be written; null when nothing waits.
    /// </summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            DateTimeOffset? oldest = null;
            foreach (var entry in _pods.Values)
                oldest = oldest < entry.Since ? oldest : entry.Since;
            return oldest;
        }
    }

    /// <summary>The newest write of every pod that is not known to be stored.</summary>
    public IReadOnlyList<TWrite> Open => [.. _pods.Values.Select(Newest)];

    /// <summary>
    /// Asks for a write; an older write that has not started is replaced, and who waited for it waits for this one.
    /// </summary>
    /// <param name="waiter">Who is told of its end, null for nobody.</param>
    /// <param name="isHeld">Whether it may not be started before <see cref="Release"/>.</param>
    public void Want(PodKey pod, TWrite write, TWaiter? waiter, DateTimeOffset now, bool isHeld = false)
    {
        if (!_pods.TryGetValue(pod, out var entry))
            _pods.Add(pod, entry = new Entry { Since = now });
        entry.Wanted = write;
        entry.WantedSince = now;
        entry.IsDropped = false;
        entry.IsHeld = isHeld;
        entry.Queued &= !isHeld;
        if (waiter is not null)
            entry.Waiters.Add(waiter);
        if (entry is { Running: null, Queued: false })
            MakeStartable(pod, entry); // also out of a back-off: new content deserves a try of its own
    }

    public bool TryStart(out PodKey? pod, out TWrite? write)
    {
        pod = null;
        write = null;
        Entry? entry = null;
        while (_inFlight < maxInFlight && entry is null)
        {
            if (!_startable.TryDequeue(out pod))
                return false;
            _pods.TryGetValue(pod, out entry); // else it was dropped meanwhile
            entry = entry is { Queued: true } ? entry : null;
        }

        if (entry is null)
            return false;

        entry.Queued = false;
        entry.RunningWaiters = entry.Waiters;
        entry.Waiters = [];
        write = entry.Running = entry.Wanted!;
        entry.Wanted = null;
        _inFlight++;
        return true;
    }

    /// <summary>The newest write of the pod, null when there is none open.</summary>
    public TWrite? NewestOf(PodKey pod) => _pods.TryGetValue(pod, out var entry) ? Newest(entry) : null;

    /// <summary>The running write of a pod is over for good, stored or refused.</summary>
    /// <returns>Who waited for it.</returns>
    public IReadOnlyList<TWaiter> Finish(PodKey pod)
    {
        var entry = _pods[pod];
        var waiters = entry.RunningWaiters;
        Ended(entry);
        entry.Failures = 0;
        entry.Since = entry.WantedSince;
        if (entry.Wanted is null)
            _pods.Remove(pod);
        else
            MakeStartable(pod, entry);
        return waiters;
    }

    /// <summary>
    /// The running write of a pod failed and is wanted again, unless a newer one is wanted already. Who waited goes on
    /// waiting. Follow with <see cref="Retry"/> after the back-off.
    /// </summary>
    /// <returns>How many times in a row this pod has failed.</returns>
    public int Fail(PodKey pod, TWrite write, string reason)
    {
        var entry = _pods[pod];
        entry.Waiters.InsertRange(0, entry.RunningWaiters);
        Ended(entry);
        entry.Wanted ??= write;
        entry.Reason = reason;
        return ++entry.Failures;
    }

    /// <summary>Nobody waits for the pod any more; its write stays wanted.</summary>
    /// <returns>Who waited, and why the last try failed, null when none has.</returns>
    public (IReadOnlyList<TWaiter> Waiters, string? Reason) StopWaiting(PodKey pod)
    {
        if (!_pods.TryGetValue(pod, out var entry))
            return ([], null);

        TWaiter[] waiters = [.. entry.RunningWaiters, .. entry.Waiters];
        entry.RunningWaiters = [];
        entry.Waiters = [];
        return (waiters, entry.Reason);
    }

    /// <summary>The back-off of a pod is over.</summary>
    public void Retry(PodKey pod)
    {
        if (_pods.TryGetValue(pod, out var entry) && entry is { Running: null, Queued: false, Wanted: not null })
            MakeStartable(pod, entry);
    }

    /// <summary>What the pod's write was held for is done: it goes on from where it would be without.</summary>
    public void Release(PodKey pod)
    {
        if (!_pods.TryGetValue(pod, out var entry))
            return;

        var isDue = entry is { IsHeld: true, IsDue: true };
        (entry.IsHeld, entry.IsDue) = (false, false);
        if (isDue)
            MakeStartable(pod, entry);
    }

    /// <summary>
    /// The pod's write is not wanted any more. One that is under way is not tried again should it fail; its
    /// <see cref="Finish"/> still comes.
    /// </summary>
    /// <returns>Who waited for what was not under way.</returns>
    public IReadOnlyList<TWaiter> Drop(PodKey pod)
    {
        if (!_pods.TryGetValue(pod, out var entry))
            return [];

        var waiters = entry.Waiters;
        entry.Waiters = [];
        entry.Wanted = null;
        entry.Queued = false;
        (entry.IsHeld, entry.IsDue) = (false, false);
        entry.IsDropped = true;
        if (entry.Running is null)
            _pods.Remove(pod);
        return waiters;
    }

    /// <summary>Whether what is under way for the pod was dropped.</summary>
    public bool IsDropped(PodKey pod) => _pods.TryGetValue(pod, out var entry) && entry.IsDropped;

    private static TWrite Newest(Entry entry) => entry.Wanted ?? entry.Running!;

    private void Ended(Entry entry)
    {
        _inFlight--;
        entry.Running = null;
        entry.RunningWaiters = [];
    }

    private void MakeStartable(PodKey pod, Entry entry)
    {
        if (entry.IsHeld)
        {
            entry.IsDue = true;
            return;
        }

        entry.Queued = true;
        _startable.Enqueue(pod);
    }

    private sealed class Entry
    {
        public TWrite? Wanted { get; set; }

        public TWrite? Running { get; set; }

        public List<TWaiter> Waiters { get; set; } = [];

        public List<TWaiter> RunningWaiters { get; set; } = [];

        public bool Queued { get; set; }

        /// <summary>Not to be started yet, whatever else says that it may be.</summary>
        public bool IsHeld { get; set; }

        /// <summary>To be started as soon as it is not held any more.</summary>
        public bool IsDue { get; set; }

        public bool IsDropped { get; set; }

        public int Failures { get; set; }

        public string? Reason { get; set; }

        public DateTimeOffset Since { get; set; }

        public DateTimeOffset WantedSince { get; set; }
    }
}
