using System.Collections.Concurrent;
using Multus.Engine.History;

namespace Multus.Host.Page;

/// <summary>Hands on what has ended: to the history always, and to whoever listens at the time. Any thread.</summary>
/// <param name="remember">Takes each entry; does not wait.</param>
internal sealed class EndedOperations(Action<Func<OperationEntry>> remember)
{
    private const int Most = 1000; // of one listener that does not come for them

    private readonly Lock _gate = new();
    private volatile Listener[] _listeners = [];

    public void Take(Func<OperationEntry> entry)
    {
        var listeners = _listeners;
        if (listeners.Length == 0)
        {
            remember(entry);
            return;
        }

        var once = new Lazy<OperationEntry>(entry); // hashes and all: not for each of them
        remember(() => once.Value);
        foreach (var listener in listeners)
            listener.Add(once);
    }

    /// <summary>Listens until it is disposed of.</summary>
    public Listener Listen()
    {
        var listener = new Listener(this);
        lock (_gate)
            _listeners = [.. _listeners, listener];
        return listener;
    }

    /// <summary>What has ended since it was last asked.</summary>
    public sealed class Listener(EndedOperations all) : IDisposable
    {
        private readonly ConcurrentQueue<Lazy<OperationEntry>> _ended = new();

        /// <summary>The oldest first.</summary>
        public List<OperationEntry> Drain()
        {
            var entries = new List<OperationEntry>(_ended.Count);
            while (_ended.TryDequeue(out var entry))
                entries.Add(entry.Value);
            return entries;
        }

        public void Dispose()
        {
            lock (all._gate)
                all._listeners = [.. all._listeners.Where(listener => listener != this)];
        }

        internal void Add(Lazy<OperationEntry> entry)
        {
            _ended.Enqueue(entry);
            if (_ended.Count > Most)
                _ended.TryDequeue(out _);
        }
    }
}
