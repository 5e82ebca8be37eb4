using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// Says when a folder deserves another look: shortly after something in it changed, and every <see cref="Interval"/> in
/// any case, because notifications may be lost, refused by the kernel's limits, or end with the folder.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>A file is written in several steps; a look in between would only find it bad.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(50);

    private readonly string _folder;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ITimer _ticks;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private FileSystemWatcher? _watcher;
    private DateTime _watchedFolderMade;
    private string? _lastTrouble;
    private volatile bool _isBroken;

    public FolderWatch(string folder, ILogger log, TimeProvider time)
    {
        _folder = folder;
        _log = log;
        _time = time;
        _ticks = time.CreateTimer(_ => Signal(), null, Interval, Interval);
        Attach();
    }

    public void Dispose()
    {
        _ticks.Dispose();
        _watcher?.Dispose();
    }

    /// <summary>Ends when it is time for a look.</summary>
    public async Task NextAsync(CancellationToken cancel)
    {
        await _signals.Reader.ReadAsync(cancel);
        await Task.Delay(Debounce, _time, cancel);
        _signals.Reader.TryRead(out _); // what came meanwhile is covered by the look that follows
        Attach();
    }

    private void Attach()
    {
        if (!Directory.Exists(_folder))
        {
            Detach();
            return;
        }

        var made = Directory.GetCreationTimeUtc(_folder);
        if (_watcher is not null && !_isBroken && made == _watchedFolderMade)
            return;
        Detach();
        try
        {
            _watcher = Watch();
            _watchedFolderMade = made;
            _lastTrouble = null;
        }
        catch (Exception e)
            // The last: no thread for it.
            when (e is IOException or ArgumentException or UnauthorizedAccessException or OutOfMemoryException)
        {
            Report(e);
        }
    }

    private FileSystemWatcher Watch()
    {
        _isBroken = false;
        var watcher = new FileSystemWatcher(_folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Created += (_, _) => Signal();
        watcher.Changed += (_, _) => Signal();
        watcher.Deleted += (_, _) => Signal();
        watcher.Renamed += (_, _) => Signal();
        watcher.Error += OnWatcherFailed;
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void OnWatcherFailed(object sender, ErrorEventArgs e)
    {
        Report(e.GetException());
        _isBroken = true;
        Signal();
    }

    private void Detach()
    {
        _watcher?.Dispose();
        _watcher = null;
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private void Report(Exception trouble)
    {
        if (Interlocked.Exchange(ref _lastTrouble, trouble.Message) != trouble.Message)
            FolderLog.WatchFailed(_log, _folder, Interval, trouble.Message);
    }
}
