using Multus.Core.Pods;
using Multus.Kubernetes;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>Writes each pod's newest network-status, one write of a pod at a time, and keeps trying what fails for a passing reason.</summary>
internal sealed class AnnotationsActor : ReceiveActor, IWithTimers
{
    private readonly AnnotationsSettings _settings;
    private readonly IClusterApi _api;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WriteQueue<ICommand, IActorRef> _queue;
    private readonly Dictionary<PodKey, string> _publishedBy = [];
    private long _stored;
    private long _failed;

    public AnnotationsActor(AnnotationsSettings settings, IClusterApi api, TimeProvider time, ILogger log)
    {
        _settings = settings;
        _api = api;
        _time = time;
        _log = log;
        _queue = new WriteQueue<ICommand, IActorRef>(settings.MaxInFlight);

        Receive<Publish>(OnPublish);
        Receive<Clear>(OnClear);
        Receive<Written>(OnWritten);
        Receive<Retry>(OnRetry);
        Receive<HealthProtocol.Report>(_ => Sender.Tell(Figures()));
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(AnnotationsSettings settings, IClusterApi api, TimeProvider time, ILogger log) =>
        Props.Create(() => new AnnotationsActor(settings, api, time, log));

    protected override void PostStop() => _stopping.Cancel();

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
        _queue.Want(write.Pod, write, Sender);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        while (_queue.TryStart(out var pod, out var write))
        {
            WriteAsync(write!).PipeTo(
                Self,
                success: () => new Written(pod!, write!, null),
                failure: crash => new Written(pod!, write!, crash));
        }
    }

    private async Task WriteAsync(ICommand write)
    {
        using var timeout = new CancellationTokenSource(_settings.WriteTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        if (write is Publish publish)
            await _api.WriteNetworkStatusAsync(publish.Pod, Uid(publish.Uid), publish.Annotation, publish.Json, either.Token).ConfigureAwait(false);
        else if (write is Clear clear)
            await _api.ClearNetworkStatusAsync(clear.Pod, Uid(clear.Uid), clear.Annotation, either.Token).ConfigureAwait(false);
    }

    private void OnWritten(Written written)
    {
        if (written.Crash is null)
        {
            _stored++;
            Answer(_queue.Finish(written.Pod), new Reply.Stored());
        }
        else if (IsPassing(written.Crash))
        {
            _failed++;
            var (waiters, failures) = _queue.Fail(written.Pod, written.Write);
            var wait = _settings.Backoff.After(failures);
            Timers.StartSingleTimer(written.Pod, new Retry(written.Pod), wait);
            AnnotationsLog.WillRetry(_log, written.Pod.Namespace, written.Pod.Name, failures, wait.TotalSeconds, written.Crash);
            Answer(waiters, new Reply.Queued(written.Crash.Message));
        }
        else
        {
            _failed++;
            AnnotationsLog.Refused(_log, written.Pod.Namespace, written.Pod.Name, written.Crash);
            Answer(_queue.Finish(written.Pod), new Reply.Refused(written.Crash.Message));
        }

        StartWhatMayRun();
    }

    private void OnRetry(Retry retry)
    {
        _queue.Retry(retry.Pod);
        StartWhatMayRun();
    }

    private static void Answer(IReadOnlyList<IActorRef> waiters, Reply reply)
    {
        foreach (var waiter in waiters)
            waiter.Tell(reply);
    }

    // A full disk, a missing folder and a slow server pass; what the source itself calls final does not.
    private static bool IsPassing(Exception crash) => crash is not KubernetesException { IsTransient: false };

    private static string? Uid(string uid) => uid.Length == 0 ? null : uid;

    private HealthProtocol.Figures Figures() => new("annotations",
    [
        new("pods_waiting", _queue.Pods), new("in_flight", _queue.InFlight), new("stored", _stored), new("failed", _failed),
    ]);

    private sealed record Written(PodKey Pod, ICommand Write, Exception? Crash);

    private sealed record Retry(PodKey Pod);
}
