namespace Multus.Kubernetes;

/// <summary>
/// Gives every caller a result that was begun after it called, with as few runs as that allows: who comes while one is
/// running shares the next.
/// </summary>
internal sealed class CoalescedRun<T>(Func<Task<T>> run)
{
    private readonly Lock _gate = new();
    private Task<T>? _running;
    private Task<T>? _next; // waits for _running to end

    /// <param name="cancel">Ends this caller's waiting, not the run.</param>
    public Task<T> RunAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_next is null)
            {
                if (_running is null or { IsCompleted: true })
                    return (_running = run()).WaitAsync(cancel);
                _next = AfterAsync(_running);
            }

            return _next.WaitAsync(cancel);
        }
    }

    private async Task<T> AfterAsync(Task<T> previous)
    {
        // Its failure is its own callers' matter. Yielding makes sure that _next is set before it is cleared below.
        await ((Task)previous).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding
        );
        Task<T> mine;
        lock (_gate)
        {
            _running = mine = run();
            _next = null;
        }

        return await mine.ConfigureAwait(false);
    }
}
