namespace Multus.Actors.Garbage;

/// <summary>
/// Keeps the first plugin of an ADD waiting while the plugins of its network are being asked to free what is not on their list. Any thread.
/// </summary>
/// <remarks>
/// An ADD puts its plan on record and then asks the gate; GC closes the gate and then reads the records. So either the ADD waits, or its attachment is on
/// the list: its address cannot be taken for garbage. GC itself waits for nobody.
/// </remarks>
internal sealed class CollectionGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _closed = new(StringComparer.Ordinal);

    /// <summary>Closing a closed one changes nothing.</summary>
    public void Close(string network)
    {
        lock (_lock)
            _closed.TryAdd(network, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>Lets all pass who wait; opening an open one changes nothing.</summary>
    public void Open(string network)
    {
        TaskCompletionSource? closed;
        lock (_lock)
            _closed.Remove(network, out closed);
        closed?.SetResult();
    }

    public Task WaitAsync(string network, CancellationToken cancel)
    {
        lock (_lock)
            return _closed.TryGetValue(network, out var closed) ? closed.Task.WaitAsync(cancel) : Task.CompletedTask;
    }
}
