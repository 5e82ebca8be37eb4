namespace Multus.Actors.Events;

/// <summary>
/// What the events part is told beside <see cref="Multus.Engine.Ports.PodEvent"/>s, which are told again and again
/// while the runtime repeats an ADD: few of them become an event. It answers nothing, since an event may be lost and
/// nobody waits for one.
/// </summary>
public static class EventsProtocol
{
    /// <summary>Something is wrong with the node, and concerns no pod.</summary>
    /// <param name="Reason">One of <see cref="Multus.Engine.Ports.EventTexts"/>'s.</param>
    /// <param name="Message">For people.</param>
    public sealed record OfNode(string Reason, string Message);
}
