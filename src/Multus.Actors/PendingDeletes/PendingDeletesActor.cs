using Multus.Actors.Events;
using Multus.Actors.Sandboxes;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using static Multus.Actors.PendingDeletes.PendingDeletesProtocol;

namespace Multus.Actors.PendingDeletes;

/// <summary>
/// Carries out every DEL that is stored in the folder, each until it is done, so many at once and the oldest first;
/// what fails stays stored and is tried again after a growing wait. One that can only go on failing is given up after
/// so many tries, loudly. It is the DEL itself that is taken out of the folder by the sandbox, as every DEL that is
/// done.
/// </summary>
/// <remarks>No handler waits for the disk: the folder is read elsewhere, by one look at a time.</remarks>
internal sealed class PendingDeletesActor : UntypedActor, IWithTimers
{
    private const string RescanTimer = "rescan";

    private readonly PendingDeleteSettings _settings;
    private readonly IPendingDeleteFolder _folder;
    private readonly IActorRef _sandboxes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IActorRef? _events;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DeleteQueue _queue;
    private readonly FolderLooks _looks;
    private bool _saidNotWatched;
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
        _queue = new DeleteQueue(settings.MaxAtOnce);
        _looks = new FolderLooks(folder);
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

    protected override void PostStop() => _stopping.Cancel(); // ends the watch, too

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Scan:
                _looks.Want(Sender);
                StartLook();
                break;
            case Changed:
                Look();
                break;
            case Rescan:
                OnRescan();
                break;
            case Looked looked:
                OnLooked(looked);
                break;
            case Retry retry:
                OnRetry(retry);
                break;
            case Fetched fetched:
                OnFetched(fetched);
                break;
            case Attempted attempted:
                OnAttempted(attempted);
                break;
            case Checked check:
                OnChecked(check);
                break;
            case NodeProtocol.TellWhenReady:
                _looks.TellWhenReady(Sender);
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
        _looks.WantWatched();
        StartLook();
    }

    private void Look()
    {
        _looks.Want();
        StartLook();
    }

    private void StartLook()
    {
        var (self, by) = (Self, _stopping); // the watch calls back on threads of its own
        _ = _looks
            .TryBegin(() => self.Tell(new Changed(), ActorRefs.NoSender), by.Token)
            ?.PipeTo(self, success: scan => new Looked(by, scan, null), failure: crash => new Looked(by, null, crash));
    }

    private void OnLooked(Looked looked)
    {
        if (looked.By != _stopping)
            return; // of the instance before a crash, whose watch has ended with it
        if (looked.Scan is not { } scan)
            throw new InvalidOperationException("looking into the folder of stored DELs failed", looked.Crash);

        if (scan.WatchFailure is { } notWatched)
            SayNotWatched(notWatched);
        if (scan.Failure is { } failure)
            PendingDeleteLog.FolderUnreadable(_log, _folder.Path, failure); // and looked at again at the next tick
        else
            Note(scan);
        _looks.Ended(scan, _queue.Count);
        StartLook();
        StartWhatMayRun();
    }

    private void SayNotWatched(Exception failure)
    {
        if (!_saidNotWatched)
            PendingDeleteLog.NotWatched(_log, _folder.Path, _settings.RescanEvery.TotalSeconds, failure.Message);
        _saidNotWatched = true;
    }

    private void Note(FolderScan scan)
    {
        _givenUp = scan.GivenUp;
        foreach (var gone in _queue.Note(scan.Stored))
            Timers.Cancel(gone);
    }

    private void OnRetry(Retry retry)
    {
        _queue.Retry(retry.Name);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        var (by, folder, log) = (_stopping, _folder, _log);
        while (_queue.TryStart() is { } entry)
        {
            _ = Task.Run(() => FetchedDelete.Read(folder, entry.Name, log), by.Token)
                .PipeTo(
                    Self,
                    success: read => new Fetched(by, entry, read, null),
                    failure: crash => new Fetched(by, entry, null, crash)
                );
        }
    }

    private void OnFetched(Fetched fetched)
    {
        if (fetched.By != _stopping)
            return; // of the instance before a crash

        var entry = fetched.Entry;
        switch (fetched.Read)
        {
            case FetchedDelete.SetAside:
                _setAside++;
                _queue.Drop(entry);
                break;
            case FetchedDelete.Found found when _queue.IsKnown(entry):
                Attempt(entry, found.Request);
                break;
            case FetchedDelete.Failed failed when _queue.IsKnown(entry):
                Failed(entry, failed.Why);
                break;
            case not null:
                _queue.Drop(entry); // it is gone
                break;
            default:
                throw new InvalidOperationException($"reading the stored DEL {entry.Name} failed", fetched.Crash);
        }

        StartWhatMayRun();
    }

    private void Attempt(DeleteQueue.Entry entry, CniRequest.OfSandbox stored)
    {
        DeleteQueue.Begin(entry);
        var by = _stopping;
        var isLast = entry.HopelessTries + 1 >= _settings.GiveUpAfter;
        var request = stored is CniRequest.Detach detach ? detach with { IsLastTry = isLast } : stored;
        _ = _sandboxes
            .Ask<CniReply>(request, Timeout.InfiniteTimeSpan, by.Token)
            .PipeTo(
                Self,
                success: reply => new Attempted(by, entry, request.Request, reply, null),
                failure: crash => new Attempted(by, entry, request.Request, null, crash)
            );
    }

    private void OnAttempted(Attempted attempted)
    {
        if (attempted.By != _stopping)
            return; // an attempt from before a crash; what came of the one after it counts

        var entry = attempted.Entry;
        if (attempted.Reply is CniReply.Done)
        {
            _done++;
            _queue.Drop(entry);
            PendingDeleteLog.Done(_log, attempted.Request.Sandbox.Value);
            Check(entry.Name);
        }
        else if (attempted.Reply is CniReply.Refused { IsGivenUp: true } last)
        {
            GivenUp(attempted, last);
        }
        else
        {
            var refused = attempted.Reply as CniReply.Refused;
            // Tries in a row: whose namespace comes back is no hopeless case.
            entry.HopelessTries = refused is { Hopeless.IsEmpty: false } ? entry.HopelessTries + 1 : 0;
            Failed(entry, refused?.Error.Text ?? attempted.Crash?.Message ?? "no answer");
        }

        StartWhatMayRun();
    }

    // It may have been stored anew after it was done, and told of while it was known: to be done again.
    private void Check(string name)
    {
        var (by, folder) = (_stopping, _folder);
        _ = Task.Run(() => folder.Contains(name), by.Token)
            .PipeTo(
                Self,
                success: isStored => new Checked(by, isStored, null),
                failure: crash => new Checked(by, false, crash)
            );
    }

    private void OnChecked(Checked check)
    {
        if (check.By != _stopping)
            return; // of the instance before a crash; this one has looked
        if (check.Crash is { } crash)
            throw new InvalidOperationException("looking for a stored DEL failed", crash);

        if (check.IsStored)
            Look();
    }

    private void GivenUp(Attempted attempted, CniReply.Refused last)
    {
        var entry = attempted.Entry;
        _failed++;
        _gaveUp++;
        _givenUp++; // until the folder is looked into
        _queue.Drop(entry);
        var left = string.Join("; ", last.Hopeless);
        PendingDeleteLog.GivenUp(_log, entry.Name, entry.Failures + 1, attempted.Request.Sandbox.Value, left);
        if (EventTexts.GaveUp(attempted.Request.Pod, attempted.Request.Sandbox, left) is { } happened)
            _events?.Tell(happened);
        Look();
    }

    private void Failed(DeleteQueue.Entry entry, string why)
    {
        _failed++;
        _queue.Fail(entry);
        var wait = _settings.Backoff.After(entry.Failures);
        Timers.StartSingleTimer(entry.Name, new Retry(entry.Name), wait);
        PendingDeleteLog.Failed(_log, entry.Name, entry.Failures, wait.TotalSeconds, why);
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "pending-deletes",
            [
                new("open", _queue.Count),
                new("oldest_seconds", OldestSeconds()),
                new("running", _queue.Running),
                new("done", _done),
                new("failed_attempts", _failed),
                new("set_aside", _setAside),
                new("given_up", _givenUp),
                new("gave_up", _gaveUp),
            ]
        );

    private long OldestSeconds() =>
        _queue.Oldest is { } since ? Math.Max(0, (long)(_time.GetUtcNow() - since).TotalSeconds) : 0;

    private sealed record Changed;

    private sealed record Rescan;

    /// <param name="By">The token source of the instance that began it.</param>
    /// <param name="Scan">Null when it crashed.</param>
    private sealed record Looked(CancellationTokenSource By, FolderScan? Scan, Exception? Crash);

    private sealed record Retry(string Name);

    /// <param name="By">As above.</param>
    /// <param name="Read">Null when it crashed.</param>
    private sealed record Fetched(
        CancellationTokenSource By,
        DeleteQueue.Entry Entry,
        FetchedDelete? Read,
        Exception? Crash
    );

    /// <param name="By">As above.</param>
    private sealed record Attempted(
        CancellationTokenSource By,
        DeleteQueue.Entry Entry,
        SandboxRequest Request,
        CniReply? Reply,
        Exception? Crash
    );

    /// <param name="By">As above.</param>
    private sealed record Checked(CancellationTokenSource By, bool IsStored, Exception? Crash);
}
