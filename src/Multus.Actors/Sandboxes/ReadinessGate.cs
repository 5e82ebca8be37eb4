using Multus.Cni;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The ADDs that wait for the cluster network, before they are admitted: so they hold no place, and what comes for
/// their sandbox does not wait behind them. One actor owns it and is told with <see cref="Waited"/> when a waiting is
/// over.
/// </summary>
internal sealed class ReadinessGate(SandboxServices services, CancellationToken stopping)
{
    private readonly Dictionary<WaitingAttach, CancellationTokenSource> _waiting = new(
        ReferenceEqualityComparer.Instance
    );

    public int Count => _waiting.Count;

    /// <summary>What is on record needs no cluster network to be answered, or to be undone.</summary>
    public static bool MayPass(SandboxRequest request) =>
        !ReadinessIndicator.IsMissing(request.Configuration.ReadinessIndicatorFile)
        || new SandboxFiles(request.Configuration.CniDir).Has(request.Sandbox);

    public void Enter(WaitingAttach waiting, IActorRef owner)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(waiting.Attach.Abandoned, stopping);
        _waiting.Add(waiting, cancel);
        var request = waiting.Attach.Request;
        ReadinessIndicator
            .WaitAsync(
                request.Configuration.ReadinessIndicatorFile,
                $"ADD of sandbox {request.Sandbox}",
                services,
                cancel.Token
            )
            .PipeTo(owner, success: () => new Waited(waiting, null), failure: crash => new Waited(waiting, crash));
    }

    /// <returns>False if it is not here: dropped meanwhile, or waiting for the owner before a crash.</returns>
    public bool Leave(WaitingAttach waiting)
    {
        if (!_waiting.Remove(waiting, out var cancel))
            return false;

        cancel.Cancel();
        cancel.Dispose();
        return true;
    }

    public bool Holds(SandboxId sandbox) => _waiting.Keys.Any(waiting => waiting.Attach.Request.Sandbox == sandbox);

    /// <summary>Ends the waiting of a sandbox's ADDs, and returns them.</summary>
    public List<WaitingAttach> Drop(SandboxId sandbox) => Drop(waiting => waiting == sandbox);

    public List<WaitingAttach> DropAll() => Drop(_ => true);

    private List<WaitingAttach> Drop(Predicate<SandboxId> match)
    {
        var dropped = _waiting.Keys.Where(waiting => match(waiting.Attach.Request.Sandbox)).ToList();
        foreach (var waiting in dropped)
            Leave(waiting);
        return dropped;
    }

    /// <summary>A waiting is over: the cluster network works, or the failure says why nobody waits any more.</summary>
    internal sealed record Waited(WaitingAttach Waiting, Exception? Failure);
}

/// <summary>An ADD that has not begun, and who waits for its answer; told apart by reference.</summary>
internal sealed record WaitingAttach(Attach Attach, IActorRef ReplyTo);
