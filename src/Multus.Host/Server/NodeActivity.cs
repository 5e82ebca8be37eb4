using Multus.Engine.Activity;
using Multus.Engine.History;
using Multus.Engine.Ports;
using Multus.Host.Metrics;
using Multus.Host.Page;

namespace Multus.Host.Server;

/// <summary>What the node does now, and what it has done.</summary>
/// <param name="Tracker">What is under way.</param>
/// <param name="History">What has ended.</param>
internal sealed record NodeActivity(OperationTracker Tracker, OperationHistory History)
{
    /// <summary>How much of it there was, and how long it took.</summary>
    public required NodeMetrics Metrics { get; init; }

    /// <summary>What the live page needs beside it; null: there is no page.</summary>
    public PageActivity? Page { get; init; }

    /// <summary>Makes traces of it; null: nobody wants any.</summary>
    public IPhases? Spans { get; init; }

    /// <summary>All who hear of the operations.</summary>
    public IPhases Listeners =>
        Spans is { } spans
            ? new PhaseListeners(Tracker, History, Metrics.Operations, spans)
            : new PhaseListeners(Tracker, History, Metrics.Operations);
}
