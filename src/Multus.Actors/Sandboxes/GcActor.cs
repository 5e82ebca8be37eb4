using Multus.Cni;
using Multus.Engine;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>Carries out one GC at a time; the sandboxes that it finds stale are detached by the parent, each in its
/// turn.</summary>
internal sealed class GcActor : UntypedActor
{
    private readonly SandboxEngine _engine;
    private readonly CancellationTokenSource _stopping = new();
    private IActorRef? _waiting; // who has asked for the one that is under way

    public GcActor(SandboxEngine engine) => _engine = engine;

    public static Props PropsFor(SandboxEngine engine) => Props.Create(() => new GcActor(engine));

    protected override void PostStop()
    {
        _stopping.Cancel();
        _waiting?.Tell(new CniReply.Refused(new CniError(CniErrorCode.TryAgainLater, "the daemon stopped its GC")));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Collect collect:
                OnCollect(collect);
                break;
            case Collected collected:
                OnCollected(collected);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnCollect(Collect collect)
    {
        if (_waiting is not null)
        {
            Sender.Tell(new CniReply.Refused(new CniError(CniErrorCode.TryAgainLater, "another GC is under way")));
            Context.Parent.Tell(new Ended(collect.Gc));
            return;
        }

        _waiting = Sender;
        var (sandboxes, by) = (Context.Parent, _stopping);
        _engine
            .CollectAsync(
                collect.Request,
                (detach, cancel) =>
                    sandboxes.Ask<CniReply>(
                        new SandboxesProtocol.DetachStale(detach) { Gc = collect.Gc },
                        Timeout.InfiniteTimeSpan,
                        cancel
                    ),
                _stopping.Token
            )
            .PipeTo(
                Self,
                success: reply => new Collected(by, collect.Gc, reply),
                failure: crash => new Collected(
                    by,
                    collect.Gc,
                    new CniReply.Refused(RequestErrors.From(crash, collect.Request.Id))
                )
            );
    }

    private void OnCollected(Collected collected)
    {
        Context.Parent.Tell(new Ended(collected.Gc));
        if (collected.By != _stopping)
            return; // of the instance before a crash, which has answered it

        _waiting?.Tell(collected.Reply);
        _waiting = null;
    }

    /// <summary>Carry this GC out; the sender gets the reply.</summary>
    /// <param name="Request">The GC.</param>
    /// <param name="Gc">Names it; see <see cref="SandboxesProtocol.DetachStale.Gc"/>.</param>
    internal sealed record Collect(CniRequest.CollectGarbage Request, object Gc);

    /// <summary>To the parent: the GC of this name has ended.</summary>
    internal sealed record Ended(object Gc);

    /// <param name="By">The token source of the instance that began the GC.</param>
    private sealed record Collected(CancellationTokenSource By, object Gc, CniReply Reply);
}
