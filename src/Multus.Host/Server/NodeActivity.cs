using Multus.Engine.Activity;
using Multus.Engine.History;

namespace Multus.Host.Server;

/// <summary>What the node does now, and what it has done.</summary>
/// <param name="Tracker">What is under way.</param>
/// <param name="History">What has ended.</param>
internal sealed record NodeActivity(OperationTracker Tracker, OperationHistory History);
