using System.Collections.Immutable;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Kubernetes;

namespace Multus.Actors.StaleSandboxes;

/// <summary>
/// Looks for sandboxes that have vanished without a DEL, at its start and then from time to time, and has each detached
/// that was found so for the grace time.
/// </summary>
internal sealed class StaleSandboxesActor : UntypedActor, IWithTimers
{
    private const string LookTimer = "look";
    private const string GraceTimer = "grace";

    private readonly StaleSandboxesSettings _settings;
    private readonly SandboxEngine _engine;
    private readonly IActorRef _sandboxes;
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableDictionary<string, DateTimeOffset> _noted = ImmutableDictionary.Create<string, DateTimeOffset>(
        StringComparer.Ordinal
    );
    private bool _isLooking;
    private long _looks;
    private long _detached;
    private long _failed;

    public StaleSandboxesActor(StaleSandboxesSettings settings, SandboxEngine engine, IActorRef sandboxes)
    {
        _settings = settings;
        _engine = engine;
        _sandboxes = sandboxes;
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(StaleSandboxesSettings settings, SandboxEngine engine, IActorRef sandboxes) =>
        Props.Create(() => new StaleSandboxesActor(settings, engine, sandboxes));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(LookTimer, new Look(), _settings.Every);
        OnLook();
    }

    protected override void PostStop() => _stopping.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look:
                OnLook();
                break;
            case Looked looked:
                OnLooked(looked.Swept);
                break;
            case NotLooked notLooked:
                OnNotLooked(notLooked.Crash);
                break;
            case HealthProtocol.Report:
                Sender.Tell(Figures());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnLook()
    {
        if (_isLooking)
            return; // it takes longer than the pause; the next tick comes

        _isLooking = true;
        var sweep = new StaleSweep(_settings, _engine, _sandboxes, _noted, _engine.Ports.Time.GetUtcNow());
        _ = Task.Run(() => sweep.RunAsync(_stopping.Token))
            .PipeTo( // not on this thread: it reads files, and there may be many
                Self,
                success: swept => new Looked(swept),
                failure: crash => new NotLooked(crash)
            );
    }

    private void OnLooked(Swept swept)
    {
        _isLooking = false;
        _looks++;
        _detached += swept.Detached;
        _failed += swept.Failed;
        _noted = swept.Noted;
        if (_noted.IsEmpty)
            return;

        var now = _engine.Ports.Time.GetUtcNow();
        var first = now;
        foreach (var since in _noted.Values)
            first = since < first ? since : first;
        var wait = first + _settings.Grace - now;
        Timers.StartSingleTimer(GraceTimer, new Look(), wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1));
    }

    private void OnNotLooked(Exception crash)
    {
        _isLooking = false;
        if (_stopping.IsCancellationRequested)
            return;
        if (
            crash
            is not (
                IOException
                or UnauthorizedAccessException
                or CniException
                or KubernetesException
                or OperationCanceledException
            )
        )
            throw new InvalidOperationException("looking for vanished sandboxes failed unexpectedly", crash);

        var wait = _settings.Grace < _settings.Every ? _settings.Grace : _settings.Every;
        StaleSandboxesLog.NotLooked(_engine.Ports.Log, wait.TotalSeconds, crash.Message);
        Timers.StartSingleTimer(GraceTimer, new Look(), wait);
    }

    private HealthProtocol.Figures Figures() =>
        new(
            "stale-sandboxes",
            [new("looks", _looks), new("noted", _noted.Count), new("detached", _detached), new("failed", _failed)]
        );

    private sealed record Look;

    private sealed record Looked(Swept Swept);

    private sealed record NotLooked(Exception Crash);
}
