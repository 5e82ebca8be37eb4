namespace Multus.Host.Server;

/// <summary>How many bytes of request bodies there may be at once. Who wants more waits its turn. Any thread.</summary>
internal sealed class BodyBudget(int bytes, TimeProvider time)
{
    private readonly Lock _one = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private int _free = bytes;

    public int Bytes { get; } = bytes;

    /// <summary>Ends when there is room. Give it back with <see cref="Give"/>.</summary>
    /// <param name="wanted">No more than <see cref="Bytes"/>.</param>
    /// <returns>False: there was none within <paramref name="patience"/>.</returns>
    public async Task<bool> TakeAsync(int wanted, TimeSpan patience, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, Bytes);
        LinkedListNode<Waiting> node;
        lock (_one)
        {
            if (_waiting.Count == 0 && wanted <= _free)
            {
                _free -= wanted;
                return true;
            }

            node = _waiting.AddLast(new Waiting(wanted));
        }

        try
        {
            await node.Value.Given.Task.WaitAsync(patience, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return !GaveUp(node);
        }
        catch (OperationCanceledException)
        {
            if (!GaveUp(node))
                Give(wanted);
            throw;
        }
    }

    public void Give(int amount)
    {
        lock (_one)
        {
            _free += amount;
            GiveToThoseWhoWait();
        }
    }

    // False: it was given the room meanwhile.
    private bool GaveUp(LinkedListNode<Waiting> node)
    {
        lock (_one)
        {
            if (node.List is null)
                return false;

            _waiting.Remove(node);
            GiveToThoseWhoWait(); // those behind it may want less
            return true;
        }
    }

    private void GiveToThoseWhoWait()
    {
        while (_waiting.First is { } first && first.Value.Wanted <= _free)
        {
            _free -= first.Value.Wanted;
            _waiting.RemoveFirst();
            first.Value.Given.SetResult();
        }
    }

    private sealed record Waiting(int Wanted)
    {
        public TaskCompletionSource Given { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
