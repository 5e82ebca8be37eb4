using Multus.Engine.Activity;
using Multus.Engine.History;
using Multus.Host.Metrics;

namespace Multus.Host.Page;

/// <summary>What the page shows.</summary>
/// <param name="Figures">The actors, and what is under way.</param>
/// <param name="Tracker">What is under way.</param>
/// <param name="Ended">What has ended.</param>
/// <param name="Hour">How much of it there was.</param>
/// <param name="History">What has ended before somebody watched.</param>
internal sealed record PageSources(
    Func<CancellationToken, Task<NodeFigures>> Figures,
    OperationTracker Tracker,
    EndedOperations Ended,
    LastHour Hour,
    HistoryFolder History
);
