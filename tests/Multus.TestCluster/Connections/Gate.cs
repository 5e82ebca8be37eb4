namespace Multus.TestCluster.Connections;

/// <summary>Lets everybody through while open; open at first.</summary>
public sealed class Gate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _opened = Opened();
    private int _waiting;

    /// <summary>How many wait in front of it.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Close()
    {
        lock (_gate)
        {
            if (_opened.Task.IsCompleted)
                _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Open()
    {
        lock (_gate)
            _opened.TrySetResult();
    }

    public async ValueTask WhenOpenAsync(CancellationToken cancel)
    {
        Task opened;
        lock (_gate)
            opened = _opened.Task;
        if (opened.IsCompleted)
            return;
        Interlocked.Increment(ref _waiting);
        try
        {
            await opened.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
