namespace Multus.ActorKernel.TestKit;

/// <summary>What a test actor has received and the test has not looked at. Waiting blocks or is awaited, as the test likes.</summary>
internal sealed class MessageQueue
{
    private readonly object _gate = new(); // waited on, which Lock cannot
    private readonly Queue<MessageEnvelope> _messages = new();
    private TaskCompletionSource? _arrival; // completed by the next message, for those who await

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _messages.Count == 0;
        }
    }

    public void Add(MessageEnvelope envelope)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _messages.Enqueue(envelope);
            arrival = _arrival;
            _arrival = null;
            Monitor.PulseAll(_gate);
        }

        arrival?.TrySetResult();
    }

    /// <returns>Null if nothing came in time.</returns>
    public MessageEnvelope? Take(TimeSpan patience, CancellationToken token)
    {
        using var wakeUp = token.UnsafeRegister(static gate => Wake(gate!), _gate);
        var started = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (_messages.Count == 0)
            {
                token.ThrowIfCancellationRequested();
                var left = patience - TimeProvider.System.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                    return null;

                Monitor.Wait(_gate, Bounded(left));
            }

            return _messages.Dequeue();
        }
    }

    /// <inheritdoc cref="Take"/>
    public async ValueTask<MessageEnvelope?> TakeAsync(TimeSpan patience, CancellationToken token)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_messages.TryDequeue(out var envelope))
                    return envelope;

                arrival = (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            var left = patience - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await Arrives(arrival, Bounded(left), token).ConfigureAwait(false))
                return null;
        }
    }

    private static async Task<bool> Arrives(Task arrival, TimeSpan left, CancellationToken token)
    {
        try
        {
            await arrival.WaitAsync(left, TimeProvider.System, token).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return arrival.IsCompleted;
        }
    }

    private static void Wake(object gate)
    {
        lock (gate)
            Monitor.PulseAll(gate);
    }

    /// <summary>At least a millisecond, below which the framework's waits do not wait.</summary>
    private static TimeSpan Bounded(TimeSpan left) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, int.MaxValue - 1));
}
