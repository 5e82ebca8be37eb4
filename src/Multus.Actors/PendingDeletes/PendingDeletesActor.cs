using Multus.Actors.Sandboxes;
using Multus.Cni;
using static Multus.Actors.PendingDeletes.PendingDeletesProtocol;

namespace Multus.Actors.PendingDeletes;

/// <summary>Carries out every DEL that is stored in the folder, each until it is done; what fails stays stored and is tried again after a growing wait.</summary>
internal sealed class PendingDeletesActor : ReceiveActor, IWithTimers
{
    private const string RescanTimer = "rescan";

    private readonly PendingDeleteSettings _settings;
    private readonly IPendingDeleteFolder _folder;
    private readonly IActorRef _sandboxes;
    private readonly ILogger _log;
    private readonly Dictionary<string, Entry> _entries = [];
    private IDisposable? _watch;
    private bool _saidNotWatched;
    private long _done;
    private long _failed;
    private long _setAside;

    public PendingDeletesActor(PendingDeleteSettings settings, IPendingDeleteFolder folder, IActorRef sandboxes, ILogger log)
    {
        _settings = settings;
        _folder = folder;
        _sandboxes = sandboxes;
        _log = log;

        Receive<Scan>(OnScan);
        Receive<Changed>(_ => ScanFolder());
        Receive<Rescan>(_ => OnRescan());
        Receive<Retry>(OnRetry);
        Receive<Attempted>(OnAttempted);
        Receive<NodeProtocol.TellWhenReady>(OnTellWhenReady);
        Receive<HealthProtocol.Report>(_ => Sender.Tell(Figures()));
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(PendingDeleteSettings settings, IPendingDeleteFolder folder, IActorRef sandboxes, ILogger log) =>
        Props.Create(() => new PendingDeletesActor(settings, folder, sandboxes, log));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(RescanTimer, new Rescan(), _settings.RescanEvery);
        OnRescan();
    }

    protected override void PostStop() => _watch?.Dispose();

    private void OnRescan()
    {
        if (_watch is null)
            TryWatch();
        ScanFolder();
    }

    // The kernel bounds the number of watches, and a folder may be missing for a while: looking from time to time does as well, only later.
    private void TryWatch()
    {
        var self = Self; // the watch calls back on threads of its own
        try
        {
            _watch = _folder.Watch(() => self.Tell(new Changed(), ActorRefs.NoSender));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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

    private void OnTellWhenReady(NodeProtocol.TellWhenReady ask) => Sender.Tell(new NodeProtocol.PartReady("pending-deletes")); // PreStart has looked

    private void ScanFolder()
    {
        IReadOnlyList<string> names;
        try
        {
            names = _folder.List();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PendingDeleteLog.FolderUnreadable(_log, _folder.Path, e); // and looked at again at the next tick
            return;
        }

        foreach (var gone in _entries.Where(entry => !entry.Value.Running).Select(entry => entry.Key).Except(names).ToList())
            _entries.Remove(gone); // somebody else took it away
        foreach (var name in names)
            Attempt(name);
    }

    private void OnRetry(Retry retry)
    {
        if (!_entries.TryGetValue(retry.Name, out var entry))
            return;

        entry.Waiting = false;
        Attempt(retry.Name);
    }

    private void Attempt(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            _entries.Add(name, entry = new Entry());
        if (entry.Running || entry.Waiting)
            return;

        try
        {
            if (_folder.Read(name) is not { } request)
            {
                _entries.Remove(name);
                return;
            }

            entry.Running = true;
            _sandboxes.Ask<SandboxProtocol.Reply>(new SandboxProtocol.Detach(request, name), Timeout.InfiniteTimeSpan).PipeTo(
                Self,
                success: reply => new Attempted(name, request, reply, null),
                failure: crash => new Attempted(name, request, null, crash));
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
            _entries.Remove(name);
            _setAside++;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(name, entry, $"{why}; it cannot be set aside either: {e.Message}");
        }
    }

    private void OnAttempted(Attempted attempted)
    {
        if (!_entries.TryGetValue(attempted.Name, out var entry))
            return; // an attempt from before a crash; what came of the one after it counts

        entry.Running = false;
        if (attempted.Reply is not SandboxProtocol.Reply.Done)
        {
            var why = attempted.Reply is SandboxProtocol.Reply.Refused refused ? refused.Error.Text : attempted.Crash?.Message;
            Failed(attempted.Name, entry, why ?? "no answer");
            return;
        }

        try
        {
            _folder.Remove(attempted.Name);
            _entries.Remove(attempted.Name);
            _done++;
            PendingDeleteLog.Done(_log, attempted.Request.Sandbox.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(attempted.Name, entry, e.Message); // done again later: a DEL may be repeated
        }
    }

    private void Failed(string name, Entry entry, string why)
    {
        _failed++;
        entry.Failures++;
        entry.Waiting = true;
        var wait = _settings.Backoff.After(entry.Failures);
        Timers.StartSingleTimer(name, new Retry(name), wait);
        PendingDeleteLog.Failed(_log, name, entry.Failures, wait.TotalSeconds, why);
    }

    private HealthProtocol.Figures Figures() => new("pending-deletes",
    [
        new("waiting", _entries.Count), new("done", _done), new("failed_attempts", _failed), new("set_aside", _setAside),
    ]);

    private sealed class Entry
    {
        public bool Running { get; set; }

        public bool Waiting { get; set; }

        public int Failures { get; set; }
    }

    private sealed record Changed;

    private sealed record Rescan;

    private sealed record Retry(string Name);

    private sealed record Attempted(string Name, SandboxProtocol.SandboxRequest Request, SandboxProtocol.Reply? Reply, Exception? Crash);
}
