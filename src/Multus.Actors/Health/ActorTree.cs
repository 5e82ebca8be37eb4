using System.Collections.Immutable;

namespace Multus.Actors.Health;

/// <summary>Looks at the node's actors from outside, whatever they do: nobody is asked.</summary>
internal static class ActorTree
{
    /// <param name="node">The root of the tree.</param>
    /// <param name="restarts">What has been counted of them.</param>
    /// <returns>By kind, in the order of names.</returns>
    public static ImmutableArray<ActorVitals> Look(IActorRef node, RestartCount restarts)
    {
        var found = new SortedDictionary<string, (int Count, int Mailbox, string Parent)>(StringComparer.Ordinal);
        foreach (var crashed in restarts.Actors)
            found[crashed] = (0, 0, ""); // it may be gone
        Add(found, node, "");
        var vitals = ImmutableArray.CreateBuilder<ActorVitals>(found.Count);
        foreach (var (actor, (count, mailbox, parent)) in found)
            vitals.Add(new ActorVitals(actor, count, mailbox, restarts.Of(actor)) { Parent = parent });
        return vitals.MoveToImmutable();
    }

    private static void Add(
        SortedDictionary<string, (int Count, int Mailbox, string Parent)> found,
        IActorRef actor,
        string parent
    )
    {
        if (actor is not ActorRefWithCell { Underlying: { } cell })
            return; // nobody, or one that has ended

        var kind = ActorKind.Of(actor);
        var (count, mailbox, _) = found.GetValueOrDefault(kind);
        found[kind] = (count + 1, mailbox + cell.NumberOfMessages, parent);
        foreach (var child in cell.ChildrenContainer.Children)
            Add(found, child, kind);
    }
}
