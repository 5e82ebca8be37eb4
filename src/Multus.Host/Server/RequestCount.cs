namespace Multus.Host.Server;

/// <summary>How many requests are under way, and a way to wait until none is.</summary>
internal sealed class RequestCount
{
    private readonly Lock _one = new();
    private int _count;
    private TaskCompletionSource? _none;

    public int Count
    {
        get
        {
            lock (_one)
                return _count;
        }
    }

    public void Begin()
    {
        lock (_one)
            _count++;
    }

    public void End()
    {
        lock (_one)
        {
            if (--_count > 0)
                return;

            _none?.TrySetResult();
            _none = null; // who asks when there are some again, waits again
        }
    }

    /// <summary>Ends as soon as there is none; at once if there is none now. For one that waits when no more are taken.</summary>
    public Task WhenNone()
    {
        lock (_one)
        {
            if (_count == 0)
                return Task.CompletedTask;

            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _none.Task;
        }
    }
}
