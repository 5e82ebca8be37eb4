namespace Multus.Thin.Installation;

/// <summary>
/// Ends a wait when something in a folder has changed. Kubelet swaps a service account by renaming the link ..data in
/// it. Without a watch, for a node may be out of inotify instances, a wait just takes its time.
/// </summary>
internal sealed class FolderSignal : IDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly FileSystemWatcher? _watcher;

    /// <param name="blind">Is told why there is no watch.</param>
    public FolderSignal(string folder, Action<string> blind)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder);
            watcher.Created += OnChanged;
            watcher.Changed += OnChanged;
            watcher.Renamed += OnChanged;
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
        }
        catch (Exception unwatchable)
            when (unwatchable is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            blind(unwatchable.Message);
        }
    }

    /// <summary>Waits for a change since the last wait, for so long at most.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancelled)
    {
        if (!await _changed.WaitAsync(atMost, cancelled))
            return;
        while (await _changed.WaitAsync(TimeSpan.Zero, cancelled))
        {
            // one swap makes several events
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    private void OnChanged(object sender, FileSystemEventArgs change)
    {
        try
        {
            _changed.Release();
        }
        catch (ObjectDisposedException)
        {
            // The last event of a wait that is over.
        }
    }
}
