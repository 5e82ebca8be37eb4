namespace Multus.TestCluster.Connections;

/// <summary>Lets everybody through while open; open at first.</summary>
public sealed class Gate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _opened = Opened();

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

    public Task WhenOpenAsync(CancellationToken cancel)
    {
        lock (_gate)
            return _opened.Task.WaitAsync(cancel);
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
