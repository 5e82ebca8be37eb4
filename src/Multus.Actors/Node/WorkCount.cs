namespace Multus.Actors.Node;

/// <summary>
/// How much of a kind is under way, such as requests, and a way to wait until nothing is. Any thread.
/// </summary>
public sealed class WorkCount
{
    private readonly Lock _one = new();
    private int _count;
    private TaskCompletionSource? _none;

    /// <summary>How many have begun and not ended.</summary>
    public int Count
    {
        get
        {
            lock (_one)
                return _count;
        }
    }

    /// <summary>One more begins; its <see cref="End"/> has to come.</summary>
    public void Begin()
    {
        lock (_one)
            _count++;
    }

    /// <summary>One has ended.</summary>
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

    /// <summary>Ends as soon as there is none; at once if there is none now.</summary>
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
