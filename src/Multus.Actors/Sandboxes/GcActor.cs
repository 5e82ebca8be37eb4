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
    private object? _running;

    public GcActor(SandboxEngine engine) => _engine = engine;

    public static Props PropsFor(SandboxEngine engine) => Props.Create(() => new GcActor(engine));

    protected override void PostStop()
    {
        _stopping.Cancel();
        if (_running is { } gc)
            Context.Parent.Tell(new Ended(gc, Refusals.GcStopped));
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
        if (_running is not null)
        {
            var error = new CniError(CniErrorCode.TryAgainLater, "another GC is under way");
            Context.Parent.Tell(new Ended(collect.Gc, new CniReply.Refused(error)));
            return;
        }

        _running = collect.Gc;
        var (sandboxes, by) = (Context.Parent, _stopping);
        _ = _engine
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
        if (collected.By != _stopping)
            return; // of the instance before a crash, which has answered it

        Context.Parent.Tell(new Ended(collected.Gc, collected.Reply));
        _running = null;
    }

    /// <summary>Carry this GC out; the parent is told of its <see cref="Ended"/>.</summary>
    /// <param name="Request">The GC.</param>
    /// <param name="Gc">Names it; see <see cref="SandboxesProtocol.DetachStale.Gc"/>.</param>
    internal sealed record Collect(CniRequest.CollectGarbage Request, object Gc);

    /// <summary>To the parent: the GC of this name has ended; this is its reply.</summary>
    internal sealed record Ended(object Gc, CniReply Reply);

    /// <param name="By">The token source of the instance that began the GC.</param>
    private sealed record Collected(CancellationTokenSource By, object Gc, CniReply Reply);
}
