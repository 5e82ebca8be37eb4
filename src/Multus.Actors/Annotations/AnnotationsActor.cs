using Multus.Actors.Cluster;
using Multus.Core.Pods;
using Multus.Kubernetes;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// Writes each pod's newest network-status, one write of a pod at a time, keeps trying what fails for a passing reason,
/// and answers everybody within the time that an ADD may wait. Whoever is answered before the status is stored finds it
/// on disk.
/// </summary>
/// <remarks>The hot path is one write and no file. docs/decisions/0017-status-and-events.md.</remarks>
internal sealed class AnnotationsActor : UntypedActor, IWithTimers
{
    private readonly AnnotationsSettings _settings;
    private readonly IClusterApi _api;
    private readonly StatusSpool? _kept;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ClusterTrouble _trouble;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WriteQueue<ICommand, IActorRef> _queue;
    private readonly Dictionary<PodKey, string> _publishedBy = [];
    private long _stored;
    private long _failed;
    private bool _finishing;

    public AnnotationsActor(
        AnnotationsSettings settings,
        IClusterApi api,
        StatusSpool? kept,
        TimeProvider time,
        ILogger log,
        ClusterTrouble trouble
    )
    {
        _settings = settings;
        _api = api;
        _kept = kept;
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
        StatusSpool? kept,
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
        var left = _kept?.Load() ?? [];
        foreach (var (write, since) in left)
        {
            _publishedBy[write.Pod] = write.Sandbox.Value;
            _queue.Want(write.Pod, write, null, since);
        }

        if (left.Count > 0)
            AnnotationsLog.Recovered(_log, left.Count);
        StartWhatMayRun();
    }

    // What is under way is cancelled, and nobody will know whether it was stored: the next to start writes it once
    // more.
    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var write in _queue.Open)
            AnswerUnstored(write.Pod, "the daemon is stopping");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Publish publish:
                OnPublish(publish);
                break;
            case Clear clear:
                OnClear(clear);
                break;
            case Written written:
                OnWritten(written);
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

    private void OnPublish(Publish publish)
    {
        _publishedBy[publish.Pod] = publish.Sandbox.Value;
        Want(publish);
    }

    private void OnClear(Clear clear)
    {
        var isKnown = _publishedBy.TryGetValue(clear.Pod, out var sandbox);
        if (isKnown && sandbox != clear.Sandbox.Value)
        {
            Sender.Tell(new Reply.Stored()); // the pod has a newer sandbox, and that one's status
            return;
        }

        if (!isKnown && !clear.IsSure)
        {
            Sender.Tell(new Reply.Unsure());
            return;
        }

        _publishedBy.Remove(clear.Pod);
        Want(clear);
    }

    private void Want(ICommand write)
    {
        var now = _time.GetUtcNow();
        _queue.Want(write.Pod, write, Sender, now);
        if (_kept?.Has(write.Pod) == true)
            // Before it is written: a restart must never find something older than what is stored.
            _kept.Keep(write, now);
        var over = new WaitOver(write.Pod);
        if (!Timers.IsTimerActive(over))
            Timers.StartSingleTimer(over, over, _settings.Wait);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        var by = _stopping;
        while (_queue.TryStart(out var pod, out var write))
        {
            WriteAsync(write!)
                .PipeTo(
                    Self,
                    success: () => new Written(by, pod!, write!, null),
                    failure: crash => new Written(by, pod!, write!, crash)
                );
        }
    }

    private Task WriteAsync(ICommand write) =>
        ClusterQuestion.BoundedAsync(
            _settings.WriteTimeout,
            _time,
            cancel => SendAsync(write, cancel),
            _stopping.Token
        );

    private Task SendAsync(ICommand write, CancellationToken cancel) =>
        write switch
        {
            Publish publish => _api.WriteNetworkStatusAsync(
                publish.Pod,
                Uid(publish.Uid),
                publish.Annotation,
                publish.Json,
                cancel
            ),
            Clear clear => _api.ClearNetworkStatusAsync(clear.Pod, Uid(clear.Uid), clear.Annotation, cancel),
            _ => throw new InvalidOperationException($"unknown command {write}"),
        };

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
        else if (IsPassing(written.Crash))
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

    private void Finish(PodKey pod, Reply reply)
    {
        var waiters = _queue.Finish(pod);
        if (_queue.NewestOf(pod) is null)
        {
            _kept?.Forget(pod); // else it holds something newer
            Timers.Cancel(new WaitOver(pod));
        }

        foreach (var waiter in waiters)
            waiter.Tell(reply);
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

    private void OnWaitOver(WaitOver over) =>
        AnswerUnstored(over.Pod, $"it was not stored within {_settings.Wait.TotalSeconds:0.###} s");

    // First on disk, then the answer.
    private void AnswerUnstored(PodKey pod, string reason)
    {
        var (waiters, failure) = _queue.StopWaiting(pod);
        if (waiters.Count == 0)
            return; // nobody waits, or it is from before the start: then it is on disk

        if (_queue.NewestOf(pod) is { } write)
            _kept?.Keep(write, _time.GetUtcNow());
        foreach (var waiter in waiters)
            waiter.Tell(
                new Reply.Queued(failure is null ? reason : $"{reason}: {failure}") { IsOutage = _trouble.IsOn }
            );
    }

    // A full disk, a missing folder and a slow server pass; what the source itself calls final does not.
    private static bool IsPassing(Exception crash) => crash is not KubernetesException { IsTransient: false };

    private static string? Uid(string uid) => uid.Length == 0 ? null : uid;

    private HealthProtocol.Figures Figures() =>
        new(
            "annotations",
            [
                new("queued", _queue.Pods),
                new("oldest_seconds", OldestSeconds()),
                new("kept_on_disk", _kept?.Count ?? 0),
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

    private sealed record Retry(PodKey Pod);

    private sealed record WaitOver(PodKey Pod);
}
