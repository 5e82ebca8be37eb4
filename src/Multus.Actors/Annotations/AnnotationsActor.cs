using Multus.Actors.Cluster;
using Multus.Core.Pods;
using Multus.Engine.State;
using Multus.Kubernetes;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// Writes each pod's newest network-status, one write of a pod at a time, keeps trying what fails for a passing reason,
/// and answers everybody within the time that an ADD may wait. Whoever is answered before the status is stored finds it
/// on disk.
/// </summary>
/// <remarks>
/// The hot path is one write and no file. No handler waits for the disk, however long that takes: only what concerns a
/// pod that has a file does. docs/decisions/0017-status-and-events.md.
/// </remarks>
internal sealed class AnnotationsActor : UntypedActor, IWithTimers
{
    private const string SandboxGone = "its sandbox is gone";

    private readonly AnnotationsSettings _settings;
    private readonly StatusSender _sender;
    private readonly SpoolWriter? _spool;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ClusterTrouble _trouble;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WriteQueue<ICommand, IActorRef> _queue;
    private long _stored;
    private long _failed;
    private bool _finishing;

    public AnnotationsActor(
        AnnotationsSettings settings,
        IClusterApi api,
        IStatusSpool? kept,
        TimeProvider time,
        ILogger log,
        ClusterTrouble trouble
    )
    {
        _settings = settings;
        _sender = new StatusSender(api, settings.WriteTimeout, time);
        _spool = kept is null ? null : new SpoolWriter(kept);
        _time = time;
        _log = log;
        _trouble = trouble;
        _queue = new WriteQueue<ICommand, IActorRef>(settings.MaxInFlight);
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    /// <param name="kept">Null: nothing outlives the process.</param>
    /// <param name="trouble">Shared by all who ask this cluster; <c>null</c>: nobody else does.</param>
    public static Props PropsFor(
        AnnotationsSettings settings,
        IClusterApi api,
        IStatusSpool? kept,
        TimeProvider time,
        ILogger log,
        ClusterTrouble? trouble = null
    )
    {
        var shared = trouble ?? new ClusterTrouble(api.Description, time, log);
        return Props.Create(() => new AnnotationsActor(settings, api, kept, time, log, shared));
    }

    protected override void PreStart()
    {
        var left = _spool?.Load() ?? []; // nobody can be waiting for this actor yet
        foreach (var (write, since) in left)
        {
            _queue.Want(write.Pod, write, null, since);
        }

        if (left.Count > 0)
            AnnotationsLog.Recovered(_log, left.Count);
        StartWhatMayRun();
    }

    // What is under way is cancelled, and nobody will know whether it was stored: the next to start writes it once
    // more. It reads the folder, so all has to be there by then.
    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var write in _queue.Open)
            KeepUnstored(write.Pod, "the daemon is stopping");
        _spool?.FinishAll();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Publish publish:
                Want(publish);
                break;
            case Clear clear:
                OnClear(clear);
                break;
            case Withdraw withdraw:
                OnWithdraw(withdraw);
                break;
            case Written written:
                OnWritten(written);
                break;
            case Spooled spooled:
                OnSpooled(spooled);
                break;
            case Retry retry:
                OnRetry(retry);
                break;
            case WaitOver over:
                OnWaitOver(over);
                break;
            case NodeProtocol.Finish:
                OnFinish();
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnClear(Clear clear)
    {
        if (_queue.NewestOf(clear.Pod) is Publish { Sandbox: var newer } && newer != clear.Sandbox)
            Sender.Tell(new Reply.Stored()); // the pod has a newer sandbox, and that one's status
        else
            Want(clear);
    }

    private void OnWithdraw(Withdraw withdraw)
    {
        if (_queue.NewestOf(withdraw.Pod) is not { } write || write.Sandbox != withdraw.Sandbox)
            return;

        var waiters = _queue.Drop(withdraw.Pod).Concat(_spool?.StopWaiting(withdraw.Pod) ?? []);
        Tell(waiters, new Reply.Refused(SandboxGone));
        if (_spool?.Holds(withdraw.Pod) == true)
            Spool(_spool.Forget(withdraw.Pod, [], null));
        Timers.Cancel(withdraw.Pod);
        Timers.Cancel(new WaitOver(withdraw.Pod));
    }

    private void Want(ICommand write)
    {
        var now = _time.GetUtcNow();
        // First on disk, then to the cluster: a restart must never find something older than what is stored.
        var isOnDisk = _spool?.Holds(write.Pod) == true;
        _queue.Want(write.Pod, write, Sender, now, isHeld: isOnDisk);
        if (isOnDisk)
            Spool(_spool!.Keep(write, now, [], null));
        var over = new WaitOver(write.Pod);
        if (!Timers.IsTimerActive(over))
            Timers.StartSingleTimer(over, over, _settings.Wait);
        StartWhatMayRun();
    }

    private void Spool(SpoolOperation operation)
    {
        var by = _stopping;
        _ = operation.Task.PipeTo(
            Self,
            success: () => new Spooled(by, operation, null),
            failure: crash => new Spooled(by, operation, crash)
        );
    }

    private void OnSpooled(Spooled spooled)
    {
        if (spooled.Crash is { } crash)
            throw new InvalidOperationException("the spool of statuses failed unexpectedly", crash);
        if (spooled.By != _stopping)
            return; // of the instance before a crash, which has waited for it

        _spool!.Ended(spooled.Operation);
        if (_spool.IsBusyWith(spooled.Operation.Pod))
            return; // something newer is on its way to the disk

        _queue.Release(spooled.Operation.Pod);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        var by = _stopping;
        while (_queue.TryStart(out var pod, out var write))
        {
            _ = _sender
                .SendAsync(write!, by.Token)
                .PipeTo(
                    Self,
                    success: () => new Written(by, pod!, write!, null),
                    failure: crash => new Written(by, pod!, write!, crash)
                );
        }
    }

    private void OnWritten(Written written)
    {
        if (written.By != _stopping)
            return; // of the instance before a crash, which has cancelled it

        Settle(written);
        StartWhatMayRun();
        StopIfFinished();
    }

    private void Settle(Written written)
    {
        if (written.Crash is null)
        {
            _stored++;
            _trouble.Answered();
            Finish(written.Pod, new Reply.Stored());
        }
        else if (_queue.IsDropped(written.Pod))
        {
            _failed++;
            _trouble.Covers(written.Crash);
            Finish(written.Pod, new Reply.Refused(SandboxGone));
        }
        else if (StatusSender.IsPassing(written.Crash))
        {
            _failed++;
            var failures = _queue.Fail(written.Pod, written.Write, written.Crash.Message);
            var wait = WaitAfter(written.Crash, failures);
            Timers.StartSingleTimer(written.Pod, new Retry(written.Pod), wait);
            PublishFailure(written.Pod, failures, wait, written.Crash);
        }
        else
        {
            _failed++;
            _trouble.Covers(written.Crash);
            AnnotationsLog.Refused(_log, written.Pod.Namespace, written.Pod.Name, written.Crash.Message);
            Finish(written.Pod, new Reply.Refused(written.Crash.Message));
        }
    }

    private void OnFinish()
    {
        _finishing = true;
        StopIfFinished();
    }

    // What waits for its next try does not hold up the end: it is on disk, where the next daemon finds it.
    private void StopIfFinished()
    {
        if (_finishing && _queue.InFlight == 0)
            Context.Stop(Self);
    }

    // Said once for each pod, and not at all when it is the cluster that does not answer: that is said once for all
    // pods.
    private void PublishFailure(PodKey pod, int failures, TimeSpan wait, Exception crash)
    {
        var level = _trouble.Covers(crash) || failures > 1 ? LogLevel.Debug : LogLevel.Warning;
        var stack = ClusterQuestion.StackOf(crash, level);
        AnnotationsLog.WillRetry(
            _log,
            level,
            pod.Namespace,
            pod.Name,
            failures,
            wait.TotalSeconds,
            crash.Message,
            stack
        );
    }

    // First its file goes, then the answer.
    private void Finish(PodKey pod, Reply reply)
    {
        var waiters = _queue.Finish(pod);
        var isDone = _queue.NewestOf(pod) is null; // else the file holds something newer
        if (isDone)
            Timers.Cancel(new WaitOver(pod));
        if (isDone && _spool?.Holds(pod) == true)
            Spool(_spool.Forget(pod, [.. waiters, .. _spool.StopWaiting(pod)], reply));
        else
            Tell(waiters, reply);
    }

    // A server that says when it wants to be asked again is not asked before; nor is the longest wait shorter than
    // that.
    private TimeSpan WaitAfter(Exception crash, int failures)
    {
        var wait = _settings.Backoff.After(failures);
        return crash is KubernetesException { RetryAfter: { } asked } && asked > wait ? asked : wait;
    }

    private void OnRetry(Retry retry)
    {
        _queue.Retry(retry.Pod);
        StartWhatMayRun();
    }

    private void OnWaitOver(WaitOver over)
    {
        if (KeepUnstored(over.Pod, $"it was not stored within {_settings.Wait.TotalSeconds:0.###} s") is { } keeping)
            Spool(keeping);
    }

    // First on disk, then the answer.
    private SpoolOperation? KeepUnstored(PodKey pod, string reason)
    {
        var (waiters, failure) = _queue.StopWaiting(pod);
        if (waiters.Count == 0 || _queue.NewestOf(pod) is not { } write)
            return null; // nobody waits, or it is from before the start: then it is on disk

        var why = failure is null ? reason : $"{reason}: {failure}";
        var reply = new Reply.Queued(why) { IsOutage = _trouble.IsOn };
        if (_spool is not null)
            return _spool.Keep(write, _time.GetUtcNow(), waiters, reply);

        Tell(waiters, reply);
        return null;
    }

    private static void Tell(IEnumerable<IActorRef> waiters, Reply reply)
    {
        foreach (var waiter in waiters)
            waiter.Tell(reply);
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "annotations",
            [
                new("queued", _queue.Pods),
                new("oldest_seconds", OldestSeconds()),
                new("kept_on_disk", _spool?.Files ?? 0),
                new("in_flight", _queue.InFlight),
                new("stored", _stored),
                new("failed", _failed),
            ]
        );

    private long OldestSeconds() =>
        _queue.Oldest is { } since ? Math.Max(0, (long)(_time.GetUtcNow() - since).TotalSeconds) : 0;

    /// <param name="By">The token source of the instance that began it.</param>
    /// <param name="Crash">Why it failed, null when it did not.</param>
    private sealed record Written(CancellationTokenSource By, PodKey Pod, ICommand Write, Exception? Crash);

    /// <param name="By">As above.</param>
    /// <param name="Crash">Why it failed, null when it did not.</param>
    private sealed record Spooled(CancellationTokenSource By, SpoolOperation Operation, Exception? Crash);

    private sealed record Retry(PodKey Pod);

    private sealed record WaitOver(PodKey Pod);
}
