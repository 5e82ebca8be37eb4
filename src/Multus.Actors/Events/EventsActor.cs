using Multus.Actors.Cluster;
using Multus.Engine.Ports;
using Multus.Kubernetes;
using static Multus.Actors.Events.EventsProtocol;

namespace Multus.Actors.Events;

/// <summary>
/// Posts what happens to pods as Kubernetes events, few at once; what fails or finds no room is dropped, counted and
/// never tried again.
/// </summary>
internal sealed class EventsActor : UntypedActor, IWithTimers
{
    private const string PauseTimer = "pause";
    private const int MaxPodsRemembered = 1000;

    private readonly EventsSettings _settings;
    private readonly IClusterEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ClusterTrouble _trouble;
    private readonly CancellationTokenSource _stopping = new();
    private readonly EventThrottle _warnings = new(MaxPodsRemembered);
    private readonly BurstThinning? _thinning;
    private readonly Queue<ClusterEvent> _waiting = new();
    private bool _isPaused;
    private bool _saidFull;
    private int _inFlight;
    private int _failuresInARow;
    private long _posted;
    private long _failed;
    private long _dropped;
    private long _suppressed;

    public EventsActor(
        EventsSettings settings,
        IClusterEvents events,
        TimeProvider time,
        ILogger log,
        ClusterTrouble trouble
    )
    {
        _settings = settings;
        _thinning = settings.ThinsAdded ? new BurstThinning(settings.AddedBurst, settings.AddedEvery) : null;
        _events = events;
        _time = time;
        _log = log;
        _trouble = trouble;
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    /// <param name="trouble">Shared by all who ask this cluster; <c>null</c>: nobody else does.</param>
    public static Props PropsFor(
        EventsSettings settings,
        IClusterEvents events,
        TimeProvider time,
        ILogger log,
        ClusterTrouble? trouble = null
    )
    {
        var shared = trouble ?? new ClusterTrouble("the cluster", time, log);
        return Props.Create(() => new EventsActor(settings, events, time, log, shared));
    }

    // What waits is lost with the process, which does not wait for it.
    protected override void PostStop() => _stopping.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PodEvent.Attached attached:
                OnAttached(attached);
                break;
            case PodEvent.Failed failed:
                OnFailed(failed);
                break;
            case OfNode failed:
                OnFailed(new PodEvent.Failed(ClusterEvent.Node, "", failed.Reason, failed.Message, failed.Message));
                break;
            case Posted posted:
                OnPosted(posted);
                break;
            case PauseOver:
                OnPauseOver();
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAttached(PodEvent.Attached attached)
    {
        _warnings.Forget(attached.Pod, attached.Uid);
        var now = _time.GetUtcNow();
        var leftOut = 0;
        if (_thinning is { } thinning)
        {
            if (thinning.Note(now) is not { } others)
            {
                _suppressed++;
                return;
            }

            leftOut = others;
        }

        Enqueue(
            new ClusterEvent(
                attached.Pod,
                attached.Uid,
                IsWarning: false,
                EventTexts.AddedInterface,
                EventTexts.WithOthers(attached.Message, leftOut),
                now,
                now,
                1
            )
        );
    }

    private void OnFailed(PodEvent.Failed failed)
    {
        var now = _time.GetUtcNow();
        if (_warnings.Note(failed.Pod, failed.Uid, $"{failed.Reason} {failed.Key}", now) is { } seen)
            Enqueue(
                new ClusterEvent(
                    failed.Pod,
                    failed.Uid,
                    IsWarning: true,
                    failed.Reason,
                    failed.Message,
                    seen.First,
                    now,
                    seen.Count
                )
            );
        else
            _suppressed++;
    }

    private void Enqueue(ClusterEvent happened)
    {
        if (_waiting.Count >= _settings.MaxQueued)
        {
            _dropped++;
            if (!_saidFull)
                EventsLog.Full(_log, _waiting.Count);
            _saidFull = true;
            return;
        }

        _waiting.Enqueue(happened);
        StartWhatMayRun();
    }

    private void StartWhatMayRun()
    {
        while (!_isPaused && _inFlight < _settings.MaxInFlight && _waiting.TryDequeue(out var next))
        {
            _inFlight++;
            var (happened, by) = (next, _stopping);
            _ = PostAsync(happened)
                .PipeTo(
                    Self,
                    success: () => new Posted(by, happened, null),
                    failure: crash => new Posted(by, happened, crash)
                );
        }

        _saidFull = _saidFull && _waiting.Count > 0;
    }

    private Task PostAsync(ClusterEvent happened) =>
        ClusterQuestion.BoundedAsync(
            _settings.PostTimeout,
            _time,
            cancel => _events.PostAsync(happened, cancel),
            _stopping.Token
        );

    private void OnPosted(Posted posted)
    {
        if (posted.By != _stopping)
            return; // of the instance before a crash, which counted it

        _inFlight--;
        if (posted.Crash is null)
        {
            _posted++;
            _trouble.Answered();
            _failuresInARow = 0;
        }
        else
        {
            _failed++;
            Pause(posted.Happened, posted.Crash);
        }

        StartWhatMayRun();
    }

    // A cluster in trouble has better things to do than to take events, and a missing permission does not come back
    // within a second.
    private void Pause(ClusterEvent happened, Exception crash)
    {
        var level = _trouble.Covers(crash) ? LogLevel.Debug : LogLevel.Warning;
        if (_isPaused)
            return; // one of those that were under way

        _isPaused = true;
        var wait = _settings.Backoff.After(++_failuresInARow);
        if (crash is KubernetesException { RetryAfter: { } asked } && asked > wait)
            wait = asked;
        Timers.StartSingleTimer(PauseTimer, new PauseOver(), wait);
        var stack = ClusterQuestion.StackOf(crash, level);
        EventsLog.Failed(
            _log,
            level,
            happened.Pod.Namespace,
            happened.Pod.Name,
            wait.TotalSeconds,
            crash.Message,
            stack
        );
    }

    private void OnPauseOver()
    {
        _isPaused = false;
        StartWhatMayRun();
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "events",
            [
                new("queued", _waiting.Count),
                new("in_flight", _inFlight),
                new("posted", _posted),
                new("failed", _failed),
                new("dropped", _dropped),
                new("suppressed", _suppressed),
            ]
        );

    /// <param name="By">The token source of the instance that began it.</param>
    private sealed record Posted(CancellationTokenSource By, ClusterEvent Happened, Exception? Crash);

    private sealed record PauseOver;
}
