using Multus.Actors.Events;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using static Multus.Actors.PendingDeletes.PendingDeletesProtocol;

namespace Multus.Actors.PendingDeletes;

/// <summary>
/// Carries out every DEL that is stored in the folder, each until it is done, so many at once and the oldest first;
/// what fails stays stored and is tried again after a growing wait. One that can only go on failing is given up after
/// so many tries, loudly. It is the DEL itself that is taken out of the folder by the sandbox, as every DEL that is
/// done.
/// </summary>
internal sealed class PendingDeletesActor : UntypedActor, IWithTimers
{
    private const string RescanTimer = "rescan";

    private readonly PendingDeleteSettings _settings;
    private readonly IPendingDeleteFolder _folder;
    private readonly IActorRef _sandboxes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IActorRef? _events;
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Queue<string> _ready = new();
    private IDisposable? _watch;
    private bool _saidNotWatched;
    private int _running;
    private long _done;
    private long _failed;
    private long _setAside;
    private long _gaveUp;
    private int _givenUp;

    public PendingDeletesActor(
        PendingDeleteSettings settings,
        IPendingDeleteFolder folder,
        IActorRef sandboxes,
        TimeProvider time,
        ILogger log,
        IActorRef? events = null
    )
    {
        _settings = settings;
        _folder = folder;
        _sandboxes = sandboxes;
        _time = time;
        _log = log;
        _events = events;
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    /// <param name="events">Is told what <see cref="EventsProtocol"/> has; null where there are no events.</param>
    public static Props PropsFor(
        PendingDeleteSettings settings,
        IPendingDeleteFolder folder,
        IActorRef sandboxes,
        TimeProvider time,
        ILogger log,
        IActorRef? events = null
    ) => Props.Create(() => new PendingDeletesActor(settings, folder, sandboxes, time, log, events));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(RescanTimer, new Rescan(), _settings.RescanEvery);
        OnRescan();
    }

    protected override void PostStop() => _watch?.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Scan scan:
                OnScan(scan);
                break;
            case Changed:
                ScanFolder();
                break;
            case Rescan:
                OnRescan();
                break;
            case Retry retry:
                OnRetry(retry);
                break;
            case Attempted attempted:
                OnAttempted(attempted);
                break;
            case NodeProtocol.TellWhenReady ask:
                OnTellWhenReady(ask);
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRescan()
    {
        if (_watch is null)
            TryWatch();
        ScanFolder();
    }

    // The kernel bounds the number of watches, and a folder may be missing for a while: looking from time to time does
    // as well, only later.
    private void TryWatch()
    {
        var self = Self; // the watch calls back on threads of its own
        try
        {
            _watch = _folder.Watch(() => self.Tell(new Changed(), ActorRefs.NoSender));
        }
        // The last: no thread for it.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            if (!_saidNotWatched)
                PendingDeleteLog.NotWatched(_log, _folder.Path, _settings.RescanEvery.TotalSeconds, e.Message);
            _saidNotWatched = true;
        }
    }

    private void OnScan(Scan scan)
    {
        ScanFolder();
        Sender.Tell(new Reply.Scanned(_entries.Count));
    }

    private void OnTellWhenReady(NodeProtocol.TellWhenReady ask) =>
        Sender.Tell(new NodeProtocol.PartReady("pending-deletes")); // PreStart has looked

    private void ScanFolder()
    {
        IReadOnlyList<StoredDelete> stored;
        try
        {
            stored = _folder.List();
            _givenUp = _folder.CountGivenUp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PendingDeleteLog.FolderUnreadable(_log, _folder.Path, e); // and looked at again at the next tick
            return;
        }

        foreach (
            var gone in _entries
                .Keys.Where(name => _entries[name].State != State.Running)
                .Except(stored.Select(delete => delete.Name))
                .ToList()
        )
            Drop(gone); // done by a DEL of the runtime's, undone by an ADD, or taken away by the operator
        foreach (var (name, since) in stored)
            Note(name, since);
        StartWhatMayRun();
    }

    // One that is stored again while it is known is as old as it was.
    private void Note(string name, DateTimeOffset since)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            entry.Since = since < entry.Since ? since : entry.Since;
            return;
        }

        _entries.Add(name, new Entry(since));
        _ready.Enqueue(name);
    }

    private void Drop(string name)
    {
        _entries.Remove(name);
        Timers.Cancel(name);
    }

    private void OnRetry(Retry retry)
    {
        if (!_entries.TryGetValue(retry.Name, out var entry) || entry.State != State.Waiting)
            return;

        entry.State = State.Ready;
        _ready.Enqueue(retry.Name);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        while (_running < _settings.MaxAtOnce && _ready.TryDequeue(out var name))
        {
            if (_entries.TryGetValue(name, out var entry) && entry.State == State.Ready)
                Attempt(name, entry);
        }
    }

    private void Attempt(string name, Entry entry)
    {
        try
        {
            if (_folder.Read(name) is not { } request)
            {
                Drop(name);
                return;
            }

            entry.State = State.Running;
            _running++;
            _sandboxes
                .Ask<SandboxProtocol.Reply>(
                    new SandboxProtocol.Detach(request, name)
                    {
                        IsLastTry = entry.HopelessTries + 1 >= _settings.GiveUpAfter,
                    },
                    Timeout.InfiniteTimeSpan
                )
                .PipeTo(
                    Self,
                    success: reply => new Attempted(name, entry, request, reply, null),
                    failure: crash => new Attempted(name, entry, request, null, crash)
                );
        }
        catch (PendingDeleteException e)
        {
            SetAside(name, entry, e.Message);
        }
        catch (CniException e)
        {
            Failed(name, entry, e.Error.Text); // the configuration may be put right
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(name, entry, e.Message);
        }
    }

    private void SetAside(string name, Entry entry, string why)
    {
        try
        {
            PendingDeleteLog.SetAside(_log, name, _folder.SetAside(name), why);
            Drop(name);
            _setAside++;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(name, entry, $"{why}; it cannot be set aside either: {e.Message}");
        }
    }

    private void OnAttempted(Attempted attempted)
    {
        if (!_entries.TryGetValue(attempted.Name, out var entry) || entry != attempted.Entry)
            return; // an attempt from before a crash; what came of the one after it counts

        _running--;
        if (attempted.Reply is SandboxProtocol.Reply.Done)
        {
            _done++;
            Drop(attempted.Name);
            PendingDeleteLog.Done(_log, attempted.Request.Sandbox.Value);
            if (_folder.Contains(attempted.Name))
                ScanFolder(); // stored anew, after it was done: to be done again
        }
        else if (attempted.Reply is SandboxProtocol.Reply.Refused { IsGivenUp: true } last)
        {
            GivenUp(attempted, entry, last);
        }
        else
        {
            var refused = attempted.Reply as SandboxProtocol.Reply.Refused;
            // Tries in a row: whose namespace comes back is no hopeless case.
            entry.HopelessTries = refused is { Hopeless.IsEmpty: false } ? entry.HopelessTries + 1 : 0;
            Failed(attempted.Name, entry, refused?.Error.Text ?? attempted.Crash?.Message ?? "no answer");
        }

        StartWhatMayRun();
    }

    private void GivenUp(Attempted attempted, Entry entry, SandboxProtocol.Reply.Refused last)
    {
        _failed++;
        _gaveUp++;
        Drop(attempted.Name);
        var left = string.Join("; ", last.Hopeless);
        PendingDeleteLog.GivenUp(_log, attempted.Name, entry.Failures + 1, attempted.Request.Sandbox.Value, left);
        if (EventTexts.GaveUp(attempted.Request.Pod, attempted.Request.Sandbox, left) is { } happened)
            _events?.Tell(happened);
        ScanFolder();
    }

    private void Failed(string name, Entry entry, string why)
    {
        _failed++;
        entry.Failures++;
        entry.State = State.Waiting;
        var wait = _settings.Backoff.After(entry.Failures);
        Timers.StartSingleTimer(name, new Retry(name), wait);
        PendingDeleteLog.Failed(_log, name, entry.Failures, wait.TotalSeconds, why);
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "pending-deletes",
            [
                new("open", _entries.Count),
                new("oldest_seconds", OldestSeconds()),
                new("running", _running),
                new("done", _done),
                new("failed_attempts", _failed),
                new("set_aside", _setAside),
                new("given_up", _givenUp),
                new("gave_up", _gaveUp),
            ]
        );

    private long OldestSeconds()
    {
        var now = _time.GetUtcNow();
        var oldest = now;
        foreach (var entry in _entries.Values)
            oldest = entry.Since < oldest ? entry.Since : oldest;
        return (long)(now - oldest).TotalSeconds;
    }

    private enum State
    {
        Ready,
        Running,
        Waiting,
    }

    private sealed class Entry(DateTimeOffset since)
    {
        public State State { get; set; }

        public int Failures { get; set; }

        /// <summary>How many of the last tries have failed for want of the namespace alone.</summary>
        public int HopelessTries { get; set; }

        /// <summary>When it was stored for the first time, as far as this daemon knows.</summary>
        public DateTimeOffset Since { get; set; } = since;
    }

    private sealed record Changed;

    private sealed record Rescan;

    private sealed record Retry(string Name);

    private sealed record Attempted(
        string Name,
        Entry Entry,
        SandboxProtocol.SandboxRequest Request,
        SandboxProtocol.Reply? Reply,
        Exception? Crash
    );
}
