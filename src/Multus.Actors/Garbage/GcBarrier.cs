namespace Multus.Actors.Garbage;

/// <summary>
/// Keeps the first plugin of an ADD waiting while the plugins of its network are being asked to free what is not on
/// their list. Any thread.
/// </summary>
/// <remarks>
/// An ADD puts its plan on record and then asks the gate; GC closes the gate and then reads the records. So either the
/// ADD waits, or its attachment is on the list: its address cannot be taken for garbage. GC itself waits for nobody.
/// The gate outlives a crash of the actor that runs the GCs, so one of before the crash may still end while the next is
/// at work: a network is closed until each that closed it has opened it.
/// </remarks>
internal sealed class GcBarrier
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Closed> _closed = new(StringComparer.Ordinal);

    /// <summary>Closing what the same GC has closed changes nothing.</summary>
    public void Close(string network, object by)
    {
        lock (_lock)
        {
            if (!_closed.TryGetValue(network, out var closed))
                _closed.Add(network, closed = new Closed());
            closed.By.Add(by);
        }
    }

    /// <summary>
    /// Lets all pass who wait, unless another GC keeps the network closed; opening what this one has not closed changes
    /// nothing.
    /// </summary>
    public void Open(string network, object by)
    {
        Closed? closed;
        lock (_lock)
        {
            if (!_closed.TryGetValue(network, out closed) || !closed.By.Remove(by) || closed.By.Count > 0)
                return;

            _closed.Remove(network);
        }

        closed.Opened.SetResult();
    }

    public Task WaitAsync(string network, CancellationToken cancel)
    {
        lock (_lock)
            return _closed.TryGetValue(network, out var closed)
                ? closed.Opened.Task.WaitAsync(cancel)
                : Task.CompletedTask;
    }

    private sealed class Closed
    {
        public HashSet<object> By { get; } = new(ReferenceEqualityComparer.Instance);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
