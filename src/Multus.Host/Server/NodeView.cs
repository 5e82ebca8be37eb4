namespace Multus.Host.Server;

/// <summary>What the endpoints show of the node beside the actors' figures, and who else is on it.</summary>
/// <param name="Neighbours">The shims.</param>
/// <param name="IsPredecessorAtWork">Whether the daemon before this one still has requests.</param>
/// <param name="WhenHandedOver">Ends when this daemon has handed the node over and is idle.</param>
internal sealed record NodeView(
    Neighbours Neighbours,
    Func<bool> IsPredecessorAtWork,
    Func<CancellationToken, Task> WhenHandedOver
)
{
    /// <summary>Tells the node's operator that it is not ready; null: nobody is told.</summary>
    public ReadinessEvents? Readiness { get; init; }
}
