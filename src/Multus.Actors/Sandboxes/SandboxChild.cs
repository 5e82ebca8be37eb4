using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>A sandbox's actor, and what it has been asked and has not answered.</summary>
internal sealed class SandboxChild(IActorRef child)
{
    private readonly List<(CniRequest.OfSandbox Request, IActorRef ReplyTo)> _given = [];

    public IActorRef Ref { get; } = child;

    /// <summary>It was told to stop: what comes is held for the child that follows it.</summary>
    public bool IsStopping { get; set; }

    public bool IsBusy => _given.Count > 0 || Held.Count > 0;

    /// <summary>What is for the child that follows it.</summary>
    public List<(CniRequest.OfSandbox Request, IActorRef ReplyTo)> Held { get; } = [];

    /// <summary>Asks it, or the one that follows it.</summary>
    public void Give(CniRequest.OfSandbox request, IActorRef replyTo)
    {
        if (IsStopping)
        {
            Held.Add((request, replyTo));
            return;
        }

        _given.Add((request, replyTo));
        Ref.Tell(request, replyTo);
    }

    /// <summary>Strikes a request off; false if it was not given to this child.</summary>
    public bool Take(CniRequest.OfSandbox request)
    {
        var index = _given.FindIndex(given => ReferenceEquals(given.Request, request));
        if (index < 0)
            return false;

        _given.RemoveAt(index);
        return true;
    }

    /// <summary>All that has no answer yet.</summary>
    public IReadOnlyList<(CniRequest.OfSandbox Request, IActorRef ReplyTo)> All() => [.. _given, .. Held];
}
