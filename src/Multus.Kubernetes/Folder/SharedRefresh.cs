namespace Multus.Kubernetes.Folder;

/// <summary>
/// Runs one piece of work at a time and gives every caller a run that began after it called: callers that come while one is running share the
/// next. A burst of readers so costs two runs, not one each.
/// </summary>
internal sealed class SharedRefresh(Action work)
{
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task? _next; // not begun yet; set only while _running runs or its end has not been noticed

    public Task RunAsync()
    {
        lock (_gate)
        {
            if (_next is not null)
                return _next;
            if (!_running.IsCompleted)
                return _next = RunAfterAsync(_running);
            return _running = Task.Run(work);
        }
    }

    private async Task RunAfterAsync(Task previous)
    {
        // Its failure is its own callers' matter. Yielding makes sure that _next is set before it is cleared below.
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task mine;
        lock (_gate)
        {
            _running = mine = Task.Run(work);
            _next = null;
        }

        await mine;
    }
}
