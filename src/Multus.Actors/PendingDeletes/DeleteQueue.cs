using Multus.Engine.State;

namespace Multus.Actors.PendingDeletes;

/// <summary>
/// Decides which stored DEL is tried next: the oldest first, so many at once, each once at a time.
/// </summary>
/// <remarks>No I/O, no clock, no actor types; one actor owns it.</remarks>
internal sealed class DeleteQueue(int maxAtOnce)
{
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Queue<Entry> _ready = new();

    public enum State
    {
        Ready,
        Reading,
        Running,
        Waiting,
    }

    /// <summary>How many are known to be stored and not done.</summary>
    public int Count => _entries.Count;

    /// <summary>How many are being tried.</summary>
    public int Running { get; private set; }

    /// <summary>Since when the oldest is stored, null when there is none.</summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            DateTimeOffset? oldest = null;
            foreach (var entry in _entries.Values)
                oldest = oldest < entry.Since ? oldest : entry.Since;
            return oldest;
        }
    }

    /// <summary>
    /// Takes note of what is stored. What is not any more is dropped, unless its sandbox is at it: done by a DEL of the
    /// runtime's, undone by an ADD, or taken away by the operator.
    /// </summary>
    /// <returns>What was dropped.</returns>
    public IReadOnlyList<string> Note(IReadOnlyList<StoredDelete> stored)
    {
        var gone = _entries
            .Values.Where(entry => entry.State != State.Running)
            .Select(entry => entry.Name)
            .Except(stored.Select(delete => delete.Name))
            .ToList();
        foreach (var name in gone)
            _entries.Remove(name);
        foreach (var (name, since) in stored)
            Note(name, since);
        return gone;
    }

    /// <summary>The next to be read, null when none is ready or no more may be tried at once.</summary>
    public Entry? TryStart()
    {
        while (Running < maxAtOnce && _ready.TryDequeue(out var entry))
        {
            if (entry.State != State.Ready || !IsKnown(entry))
                continue;

            entry.State = State.Reading;
            Running++;
            return entry;
        }

        return null;
    }

    /// <summary>Whether it has not been dropped meanwhile.</summary>
    public bool IsKnown(Entry entry) => _entries.TryGetValue(entry.Name, out var known) && known == entry;

    /// <summary>It has been read: its sandbox carries it out.</summary>
    public static void Begin(Entry entry) => entry.State = State.Running;

    /// <summary>Its try is over; it is not tried again.</summary>
    public void Drop(Entry entry)
    {
        Running--;
        if (IsKnown(entry))
            _entries.Remove(entry.Name);
    }

    /// <summary>Its try has failed. Follow with <see cref="Retry"/>.</summary>
    public void Fail(Entry entry)
    {
        Running--;
        entry.Failures++;
        entry.State = State.Waiting;
    }

    /// <summary>Its wait is over.</summary>
    public void Retry(string name)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.State != State.Waiting)
            return;

        entry.State = State.Ready;
        _ready.Enqueue(entry);
    }

    // One that is stored again while it is known is as old as it was.
    private void Note(string name, DateTimeOffset since)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            entry.Since = since < entry.Since ? since : entry.Since;
            return;
        }

        _entries.Add(name, entry = new Entry(name, since));
        _ready.Enqueue(entry);
    }

    public sealed class Entry(string name, DateTimeOffset since)
    {
        public string Name { get; } = name;

        public int Failures { get; set; }

        /// <summary>How many of the last tries have failed for want of the namespace alone.</summary>
        public int HopelessTries { get; set; }

        /// <summary>When it was stored for the first time, as far as this daemon knows.</summary>
        public DateTimeOffset Since { get; set; } = since;

        public State State { get; set; }
    }
}
