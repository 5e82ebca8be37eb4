using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// Kills a daemon, or the thin plugin, at the n-th thing that somebody makes, renames or removes in the node's folders: records, results,
/// stored DELs, addresses, statuses, and the marks of the steered plugin. So it needs no hook in the daemon, and knows
/// every boundary that shows on disk.
/// </summary>
internal sealed class KillTrigger : IDisposable
{
    private const string BarrierPrefix = "barrier";

    private readonly Lock _lock = new();
    private readonly NodeFolders _folders;
    private readonly FileSystemWatcher _watcher;
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);
    private Action? _kill;
    private string _barrier = "";
    private TaskCompletionSource? _told;
    private int _left;
    private int _seen;

    public KillTrigger(NodeFolders folders)
    {
        _folders = folders;
        _watcher = new FileSystemWatcher(folders.Root)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName,
            InternalBufferSize = 64 * 1024,
        };
        _watcher.Created += (_, e) => OnChange("made", e.FullPath);
        _watcher.Deleted += (_, e) => OnChange("removed", e.FullPath);
        _watcher.Renamed += (_, e) => OnChange("written", e.FullPath);
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>How often a daemon was killed at which kind of step.</summary>
    public IReadOnlyDictionary<string, int> Hits => _hits;

    /// <summary>From now on, kills at the n-th change. What has happened before does not count.</summary>
    public async Task Arm(int nth, Action kill)
    {
        await CatchUp();
        lock (_lock)
            (_left, _kill, _seen) = (nth, kill, 0);
    }

    /// <summary>Kills nobody any more; says how many changes there have been.</summary>
    public async Task<int> Disarm()
    {
        await CatchUp();
        lock (_lock)
        {
            _kill = null;
            return _seen;
        }
    }

    public void Dispose() => _watcher.Dispose();

    // The kernel tells of changes in their order: when this one is told of, all before it have been.
    private Task CatchUp()
    {
        var name = Unique.Name(BarrierPrefix);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            (_barrier, _told) = (name, told);
        _folders.Write(name, "");
        return told.Task.WaitAsync(Wait.Patience, TimeProvider.System);
    }

    private void OnChange(string how, string path)
    {
        lock (_lock)
        {
            if (Path.GetFileName(path) == _barrier)
                _told?.TrySetResult();
            if (KindOf(path) is not { } kind)
                return;

            _seen++;
            if (_kill is null || --_left != 0)
                return;

            _kill();
            _kill = null;
            var step = $"{kind} {how}";
            _hits[step] = _hits.GetValueOrDefault(step) + 1;
        }
    }

    // Null for what is no step of the daemon's or of a plugin's: how the test steers its plugin, sockets,
    // configuration.
    private string? KindOf(string path)
    {
        var parts = Path.GetRelativePath(_folders.Root, path).Split('/');
        var name = parts[^1];
        var kind = (parts[0], parts.Length > 1 ? parts[1] : "") switch
        {
            ("cni", "results") => "result",
            ("cni", "pending") => "stored DEL",
            ("cni", "networks") => "network memory",
            ("cni", ".running") => "mark of running plugins",
            ("cni", _) => "record",
            ("ipam", _) => "address",
            ("status", _) => "status",
            ("bin", _) when name.StartsWith("link", StringComparison.Ordinal) => "link",
            ("bin", _) when parts is [_, _, "calls", _] => "plugin call",
            _ => null,
        };
        return kind is not null && name.EndsWith(".tmp", StringComparison.Ordinal) ? $"temporary file of {kind}" : kind;
    }
}
