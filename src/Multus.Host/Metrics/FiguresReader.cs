using System.Collections.Immutable;
using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Engine.Activity;
using Multus.Engine.Installation;
using Multus.Host.Logging;
using Multus.Kubernetes;

namespace Multus.Host.Metrics;

/// <summary>Asks all who know something of the daemon. Any thread.</summary>
/// <param name="node">The actors.</param>
/// <param name="cluster">Says which of its parts cannot be used.</param>
/// <param name="runtimeConfig">The container runtime's configuration.</param>
/// <param name="losses">Of the log.</param>
/// <param name="tracker">What is under way.</param>
internal sealed class FiguresReader(
    IRequiredActor<NodeRegistration.NodeKey> node,
    IClusterApi cluster,
    Func<RuntimeConfigState?> runtimeConfig,
    Func<ImmutableArray<LogLoss>> losses,
    OperationTracker tracker
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="AskTimeoutException">The actors do not answer.</exception>
    public async Task<NodeFigures> ReadAsync(CancellationToken cancel)
    {
        var actor = await node.GetAsync(cancel);
        var reply = await actor.Ask<HealthProtocol.Reply>(new HealthProtocol.GetHealth(), Patience, cancel);
        return reply is HealthProtocol.Reply.Health health
            ? await WithAsync(health, cancel)
            : throw new InvalidOperationException($"unknown reply {reply}");
    }

    /// <summary>What there is, also when the actors do not answer.</summary>
    public async Task<NodeFigures> ReadWhatAnswersAsync(CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(cancel);
        }
        catch (AskTimeoutException)
        {
            return await WithAsync(null, cancel); // seen in it
        }
    }

    private async Task<NodeFigures> WithAsync(HealthProtocol.Reply.Health? health, CancellationToken cancel)
    {
        var runtime = runtimeConfig();
        return new NodeFigures(
            health,
            [.. runtime?.Faults ?? [], .. await cluster.FindFaultsAsync(cancel)],
            runtime,
            losses(),
            tracker.Snapshot()
        );
    }
}
