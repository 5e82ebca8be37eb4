using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Journal;

/// <summary>Every request, in the order of arrival: what a test counts.</summary>
public sealed class RequestJournal
{
    private readonly Lock _gate = new(); // guards the two below
    private readonly List<RequestRecord> _records = [];
    private readonly List<Waiter> _waiters = [];

    public IReadOnlyList<RequestRecord> All
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    public int Count(Func<RequestRecord, bool> predicate) => All.Count(predicate);

    public IReadOnlyList<RequestRecord> Writes(ResourceType type) =>
        [.. All.Where(request => request.IsWrite && request.Resource == type)];

    public void Clear()
    {
        lock (_gate)
            _records.Clear();
    }

    /// <summary>Ends when so many requests like this have come in, answered or not.</summary>
    public Task WhenSeenAsync(Func<RequestRecord, bool> predicate, int count = 1)
    {
        var waiter = new Waiter(predicate, count);
        lock (_gate)
        {
            foreach (var record in _records)
                waiter.See(record);
            _waiters.Add(waiter);
        }

        return waiter.Seen;
    }

    internal void Add(RequestRecord record)
    {
        lock (_gate)
        {
            _records.Add(record);
            _waiters.RemoveAll(waiter => waiter.See(record));
        }
    }

    private sealed class Waiter(Func<RequestRecord, bool> predicate, int count)
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Seen => _seen.Task;

        public bool See(RequestRecord record)
        {
            if (predicate(record) && --_left <= 0)
                _seen.TrySetResult();
            return _seen.Task.IsCompleted;
        }
    }
}
