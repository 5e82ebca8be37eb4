using System.Collections.Immutable;
using Multus.Actors.Health;
using Multus.Engine.Activity;
using Multus.Engine.Installation;
using Multus.Host.Logging;

namespace Multus.Host.Metrics;

/// <summary>What the daemon says of itself at one moment.</summary>
/// <param name="Health">The actors; null: nobody answered.</param>
/// <param name="Faults">What of the cluster cannot be used, and what the node lacks: it takes somebody to mend
/// it.</param>
/// <param name="RuntimeConfig">The container runtime's configuration; null: the daemon does not keep it.</param>
/// <param name="Losses">Lines that the log has lost.</param>
/// <param name="Operations">What is under way, the oldest first.</param>
internal sealed record NodeFigures(
    HealthProtocol.Reply.Health? Health,
    ImmutableArray<string> Faults,
    RuntimeConfigState? RuntimeConfig,
    ImmutableArray<LogLoss> Losses,
    ImmutableArray<OperationView> Operations
)
{
    /// <summary>All parts answer.</summary>
    public bool IsAlive => Health is { Silent.IsEmpty: true };

    /// <summary>The node can attach pods as well.</summary>
    public bool IsReady => IsAlive && Health!.Ready && Faults.IsEmpty;
}
