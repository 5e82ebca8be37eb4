using System.Collections.Immutable;
using static Multus.Actors.Health.HealthProtocol;

namespace Multus.Actors.Health;

/// <summary>Answers with every part's figures within its time limit, and names the parts that did not answer.</summary>
internal sealed class HealthActor : UntypedActor
{
    private readonly ImmutableArray<KeyValuePair<string, IActorRef>> _parts;
    private readonly TimeSpan _patience;
    private readonly RestartCount _restarts;
    private ImmutableArray<string> _waitingFor;

    public HealthActor(
        ImmutableArray<KeyValuePair<string, IActorRef>> parts,
        ImmutableArray<string> waitingFor,
        TimeSpan patience,
        RestartCount restarts
    )
    {
        _restarts = restarts;
        _parts = parts;
        _waitingFor = waitingFor;
        _patience = patience;
    }

    /// <param name="restarts">What was counted of the actors; <c>null</c>: nothing.</param>
    public static Props PropsFor(
        ImmutableArray<KeyValuePair<string, IActorRef>> parts,
        ImmutableArray<string> waitingFor,
        TimeSpan patience,
        RestartCount? restarts = null
    )
    {
        var counted = restarts ?? new RestartCount();
        return Props.Create(() => new HealthActor(parts, waitingFor, patience, counted));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetHealth:
                OnGetHealth();
                break;
            case NodeProtocol.PartReady ready:
                _waitingFor = _waitingFor.Remove(ready.Part);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnGetHealth()
    {
        var waitingFor = _waitingFor;
        var actors = ActorTree.Look(Context.Parent, _restarts);
        _ = GatherAsync()
            .PipeTo(
                Sender,
                Self,
                success: all => new Reply.Health(
                    waitingFor.IsEmpty,
                    [.. all.Where(part => part.Figures is not null).Select(part => part.Figures!)],
                    [.. all.Where(part => part.Figures is null).Select(part => part.Name)],
                    waitingFor
                )
                {
                    Actors = actors,
                }
            );
    }

    private Task<Answer[]> GatherAsync()
    {
        var asked = new List<Task<Answer>>(_parts.Length);
        foreach (var (name, part) in _parts)
            asked.Add(AskAsync(name, part));
        return Task.WhenAll(asked);
    }

    private async Task<Answer> AskAsync(string name, IActorRef part)
    {
        try
        {
            return new Answer(name, await part.Ask<Figures>(new Report(), _patience));
        }
        catch (AskTimeoutException)
        {
            return new Answer(name, null); // said in the answer: this part is silent
        }
    }

    private sealed record Answer(string Name, Figures? Figures);
}
