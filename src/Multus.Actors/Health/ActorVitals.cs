namespace Multus.Actors.Health;

/// <summary>How one kind of actor fares.</summary>
/// <param name="Actor">As <see cref="ActorKind"/> has it.</param>
/// <param name="Count">How many there are of it.</param>
/// <param name="Mailbox">Messages that wait, of all of them together.</param>
/// <param name="Restarts">How often one was started anew after a crash, since the process began.</param>
public sealed record ActorVitals(string Actor, int Count, int Mailbox, long Restarts)
{
    /// <summary>The kind above it; empty for the root, and for one that is gone.</summary>
    public string Parent { get; init; } = "";
}
