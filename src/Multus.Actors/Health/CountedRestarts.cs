using Akka.Actor.Internal;

namespace Multus.Actors.Health;

/// <summary>Akka's strategy for one child at a time, which counts the children that it starts anew.</summary>
/// <param name="restarts">Where they are counted.</param>
/// <param name="most">How often a child is started anew within <paramref name="within"/>; null: always.</param>
/// <param name="within">See there.</param>
/// <param name="decide">What becomes of a child that has crashed.</param>
internal sealed class CountedRestarts(
    RestartCount restarts,
    int? most,
    TimeSpan? within,
    Func<Exception, Directive> decide
) : OneForOneStrategy(most, within, decide)
{
    public override void ProcessFailure(
        IActorContext context,
        bool restart,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children
    )
    {
        if (restart)
            restarts.Count(ActorKind.Of(child));
        base.ProcessFailure(context, restart, child, cause, stats, children);
    }
}
