using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Attach;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Answers every STATUS within <see cref="SandboxSettings.StatusPatience"/>: with what the cluster and the plugins say
/// if they say it in time, else with what they said the last time. However many ask, they are asked once at a time.
/// </summary>
/// <remarks>
/// A plugin that is slow once, or waits for a slot behind a burst of ADDs, must not make the runtime take the node's
/// network for broken; one that hangs does after <see cref="SandboxSettings.StatusTimeout"/>, which is how old the
/// memory can get while somebody asks.
/// </remarks>
internal sealed class StatusActor : UntypedActor, IWithTimers
{
    private const int MostQuestions = 16;

    private readonly SandboxSettings _settings;
    private readonly SandboxEngine _engine;
    private readonly Dictionary<string, Question> _questions = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _saidFromMemory;

    public StatusActor(SandboxSettings settings, SandboxEngine engine)
    {
        _settings = settings;
        _engine = engine;
    }

    public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

    public static Props PropsFor(SandboxSettings settings, SandboxEngine engine) =>
        Props.Create(() => new StatusActor(settings, engine));

    protected override void PostStop() => _stopping.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CniRequest.GetStatus status:
                OnGetStatus(status);
                break;
            case CniRequest.GetNetworkStatus status:
                OnGetNetworkStatus(status);
                break;
            case Asked asked:
                OnAsked(asked);
                break;
            case Impatient impatient:
                OnImpatient(impatient);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnGetStatus(CniRequest.GetStatus status)
    {
        try
        {
            ReadinessIndicator.Require(status.Configuration.ReadinessIndicatorFile, CniErrorCode.PluginNotAvailable);
        }
        catch (CniException missing)
        {
            Sender.Tell(new CniReply.Refused(RequestErrors.From(missing, requestId: null)));
            return;
        }

        var question = QuestionOf(status);
        var waiting = new Waiting(question, Sender);
        question.Waiting.Add(waiting);
        Timers.StartSingleTimer(waiting, new Impatient(waiting), _settings.StatusPatience);
        if (question.IsAsking)
            return;

        question.IsAsking = true;
        var (engine, cancel) = (_engine, _stopping.Token);
        _ = Task.Run(() => engine.RunAsync(status, cancel), cancel)
            .PipeTo( // not on this thread: it reads files, and a disk may hang
                Self,
                success: reply => new Asked(question, reply),
                failure: crash => new Asked(question, new CniReply.Refused(RequestErrors.From(crash, requestId: null)))
            );
    }

    // Of a network that its client names: asked each time, and answered when its plugins have.
    private void OnGetNetworkStatus(CniRequest.GetNetworkStatus status)
    {
        var (engine, cancel) = (_engine, _stopping.Token);
        _ = Task.Run(() => engine.RunAsync(status, cancel), cancel)
            .PipeTo(
                Sender,
                Self,
                success: reply => reply,
                failure: crash => new CniReply.Refused(RequestErrors.From(crash, status.Id))
            );
    }

    private void OnAsked(Asked asked)
    {
        asked.Question.IsAsking = false;
        asked.Question.Last = asked.Reply;
        foreach (var waiting in asked.Question.Waiting)
        {
            Timers.Cancel(waiting);
            waiting.ReplyTo.Tell(asked.Reply);
        }

        asked.Question.Waiting.Clear();
        _saidFromMemory = false;
    }

    private void OnImpatient(Impatient impatient)
    {
        var waiting = impatient.Waiting;
        if (!waiting.Question.Waiting.Remove(waiting))
            return; // answered while the tick was on its way

        var patience = _settings.StatusPatience.TotalMilliseconds;
        if (!_saidFromMemory)
            SandboxLog.StatusFromMemory(_engine.Ports.Log, patience);
        _saidFromMemory = true;
        waiting.ReplyTo.Tell(
            waiting.Question.Last
                ?? new CniReply.Refused(
                    new CniError(
                        CniErrorCode.PluginNotAvailable,
                        $"the cluster network has not said within {patience:0} ms whether it is able; it is still "
                            + "being asked, ask again"
                    )
                )
        );
    }

    // A node has one configuration; more are kept apart, and forgotten when there are many.
    private Question QuestionOf(CniRequest.GetStatus status)
    {
        var key = KeyOf(status);
        if (_questions.TryGetValue(key, out var question))
            return question;

        if (_questions.Count >= MostQuestions)
        {
            foreach (var idle in _questions.Keys.Where(other => !_questions[other].IsAsking).ToList())
                _questions.Remove(idle);
        }

        _questions.Add(key, question = new Question());
        return question;
    }

    private static string KeyOf(CniRequest.GetStatus status) => string.Join('\n', [status.Text, .. status.PluginPath]);

    /// <summary>One that all who ask it at the same time share, and its last answer.</summary>
    private sealed class Question
    {
        public List<Waiting> Waiting { get; } = [];

        public bool IsAsking { get; set; }

        public CniReply? Last { get; set; }
    }

    /// <summary>Who waits for an answer, and the key of the timer that bounds it; compared by reference.</summary>
    private sealed class Waiting(Question question, IActorRef replyTo)
    {
        public Question Question { get; } = question;

        public IActorRef ReplyTo { get; } = replyTo;
    }

    private sealed record Asked(Question Question, CniReply Reply);

    private sealed record Impatient(Waiting Waiting);
}
