using Multus.Core.Pods;

namespace Multus.Actors.Events;

/// <summary>What the events part is told. It answers nothing: an event may be lost, and nobody waits for one.</summary>
public static class EventsProtocol
{
    public interface ICommand
    {
        PodKey Pod { get; }

        /// <summary>Empty when unknown.</summary>
        string Uid { get; }
    }

    /// <summary>A sandbox has all its networks.</summary>
    /// <param name="Message">Of all interfaces together; see <see cref="EventTexts.Added"/>.</param>
    public sealed record Attached(PodKey Pod, string Uid, string Message) : ICommand;

    /// <summary>Something is wrong with the node, and concerns no pod.</summary>
    /// <param name="Reason">One of <see cref="EventTexts"/>'s.</param>
    public sealed record OfNode(string Reason, string Message);

    /// <summary>
    /// An ADD failed. Told again and again while the runtime repeats it, few of these become an event.
    /// </summary>
    /// <param name="Reason">One of <see cref="EventTexts"/>'s.</param>
    /// <param name="Key">What failed, without what differs from one try to the next.</param>
    public sealed record Failed(PodKey Pod, string Uid, string Reason, string Message, string Key) : ICommand;
}
