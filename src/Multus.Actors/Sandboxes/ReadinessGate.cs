using Multus.Cni;
using Multus.Engine.Attach;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The ADDs that wait for the cluster network, before they are admitted: so they hold no permit, and what comes for
/// their sandbox does not wait behind them. One actor owns it and is told with <see cref="Waited"/> when a waiting is
/// over.
/// </summary>
internal sealed class ReadinessGate(TimeProvider time, ILogger log, CancellationToken stopping)
{
    private readonly Dictionary<WaitingAttach, CancellationTokenSource> _waiting = new(
        ReferenceEqualityComparer.Instance
    );

    public int Count => _waiting.Count;

    public void Enter(WaitingAttach waiting, IActorRef owner)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(waiting.Attach.Abandoned, stopping);
        _waiting.Add(waiting, cancel);
        var request = waiting.Attach.Request;
        // Not on the owner's thread: a disk may hang.
        _ = Task.Run(() => WaitAsync(request, cancel.Token), cancel.Token)
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

    /// <summary>Ends the waiting of a sandbox's ADDs, and returns them.</summary>
    public List<WaitingAttach> Drop(SandboxId sandbox) => Drop(waiting => waiting == sandbox);

    public List<WaitingAttach> DropAll() => Drop(_ => true);

    private async Task WaitAsync(SandboxRequest request, CancellationToken cancel)
    {
        var path = request.Configuration.ReadinessIndicatorFile;
        // What is on record needs no cluster network to be answered, or to be undone.
        if (ReadinessIndicator.IsMissing(path) && !new SandboxFiles(request.Configuration.CniDir).Has(request.Sandbox))
            await ReadinessIndicator.WaitAsync(path, $"ADD of sandbox {request.Sandbox}", time, log, cancel);
    }

    private List<WaitingAttach> Drop(Predicate<SandboxId> match)
    {
        var dropped = _waiting.Keys.Where(waiting => match(waiting.Attach.Request.Sandbox)).ToList();
        foreach (var waiting in dropped)
            Leave(waiting);
        return dropped;
    }

    /// <summary>
    /// A waiting is over: the cluster network works, or the failure says why nobody waits any more.
    /// </summary>
    internal sealed record Waited(WaitingAttach Waiting, Exception? Failure);
}

/// <summary>An ADD that has not begun; told apart by reference.</summary>
internal sealed record WaitingAttach(CniRequest.Attach Attach);
