using System.IO.Enumeration;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel;

/// <summary>The actors at a path of this system, looked up anew at each message. Elements may hold <c>*</c> and <c>?</c>, or be <c>..</c>.</summary>
public sealed class ActorSelection : ICanTell
{
    private readonly ActorSystemImpl _system;
    private readonly InternalActorRef _anchor;
    private readonly string[] _elements;

    private ActorSelection(ActorSystemImpl system, InternalActorRef anchor, string[] elements)
    {
        _system = system;
        _anchor = anchor;
        _elements = elements;
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor => _anchor;

    public string PathString => "/" + string.Join('/', _elements);

    internal ActorSystemImpl System => _system;

    public void Tell(object message, IActorRef? sender = null)
    {
        sender ??= Cells.ActorCell.CurrentSelfOrNoSender;
        var found = Resolve();
        foreach (var actor in found)
            actor.Tell(message, sender);
        if (found.Count == 0)
            new EmptyLocalActorRef(_system, MissingPath()).Tell(message, sender);
    }

    /// <exception cref="ActorNotFoundException">There is no such actor, or it did not answer in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <exception cref="ActorNotFoundException">There is no such actor, or it did not answer in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException($"No actor is at {this}");
        }
        catch (AskTimeoutException x)
        {
            throw new ActorNotFoundException($"The actor at {this} did not answer within {timeout}", x);
        }
    }

    public override string ToString() => $"ActorSelection[Anchor({_anchor.Path}), Path({PathString})]";

    internal static ActorSelection Of(ActorSystemImpl system, InternalActorRef anchor, string path)
    {
        var prefix = $"akka://{system.Name}/";
        if (path.StartsWith("akka://", StringComparison.Ordinal))
        {
            if (!path.StartsWith(prefix, StringComparison.Ordinal))
                throw new ArgumentException($"The path {path} is not of this system, whose paths begin with {prefix}", nameof(path));
            path = path[(prefix.Length - 1)..];
        }

        return new ActorSelection(
            system, path.StartsWith('/') ? system.Root : anchor, path.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    private List<InternalActorRef> Resolve()
    {
        List<InternalActorRef> found = [_anchor];
        foreach (var element in _elements)
            found = [.. found.SelectMany(parent => Step(parent, element))];
        return found;
    }

    private static IEnumerable<InternalActorRef> Step(InternalActorRef from, string element) => element switch
    {
        ".." => [from.Parent],
        "." => [from],
        _ when element.AsSpan().ContainsAny('*', '?') =>
            from.AllChildren().Where(child => FileSystemName.MatchesSimpleExpression(element, child.Path.Name, ignoreCase: false)),
        _ => from.SingleChild(element.Split('#')[0]) is { } child ? [child] : [],
    };

    private ActorPath MissingPath() => _elements.Aggregate(_anchor.Path, (path, element) => path / element);
}
