namespace Multus.Shim;

/// <summary>
/// Ends a wait as soon as something appears where the socket is expected: in its folder or, while that does not exist,
/// in the nearest folder above it. Without a watch (<see cref="IsBlind"/>) a wait just takes its time.
/// </summary>
internal sealed class SocketWatch : IDisposable
{
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly string _socketPath;
    private readonly bool _mayWatch;
    private FileSystemWatcher? _watcher;

    public SocketWatch(string socketPath, bool mayWatch)
    {
        _socketPath = socketPath;
        _mayWatch = mayWatch;
        Rearm();
    }

    public bool IsBlind => _watcher is null;

    /// <summary>
    /// Watches anew, because the folder of the last time may have been removed and made again. Events since then are
    /// kept.
    /// </summary>
    public void Rearm()
    {
        var before = _watcher;
        _watcher = _mayWatch ? Watch(NearestFolder(_socketPath)) : null;
        before?.Dispose();
    }

    /// <returns>Whether something appeared, before the time was up.</returns>
    public bool Wait(TimeSpan atMost) => _changed.WaitOne(atMost);

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    private static string NearestFolder(string socketPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(socketPath));
        while (folder is not null && !Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder);
        return folder ?? "/";
    }

    private FileSystemWatcher? Watch(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
            watcher.Created += OnAppeared;
            watcher.Renamed += OnAppeared;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception unwatchable)
            when (unwatchable is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The folder is gone again, or the node is out of inotify instances: the intervals do it too, a little
            // later.
            watcher?.Dispose();
            return null;
        }
    }

    private void OnAppeared(object sender, FileSystemEventArgs appeared)
    {
        try
        {
            _changed.Set();
        }
        catch (ObjectDisposedException)
        {
            // The last event of a wait that is over.
        }
    }
}
