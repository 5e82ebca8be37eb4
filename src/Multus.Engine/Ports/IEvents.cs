using Multus.Core.Pods;

namespace Multus.Engine.Ports;

/// <summary>Where the events of pods go. An event may be lost, and nobody waits for one.</summary>
public interface IEvents
{
    /// <summary>Returns at once, from any thread.</summary>
    void Publish(PodEvent happened);
}

/// <summary>Something that the owner of a pod wants to know.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Uid">Empty when unknown.</param>
/// <param name="Message">For people.</param>
public abstract record PodEvent(PodKey Pod, string Uid, string Message)
{
    /// <summary>A sandbox has all its networks; see <see cref="EventTexts.Added"/>.</summary>
    public sealed record Attached(PodKey Pod, string Uid, string Message) : PodEvent(Pod, Uid, Message);

    /// <summary>An ADD failed. It is told at every try of the runtime; few of these become an event.</summary>
    /// <param name="Reason">One of <see cref="EventTexts"/>'s.</param>
    /// <param name="Key">What failed, without what differs from one try to the next.</param>
    public sealed record Failed(PodKey Pod, string Uid, string Reason, string Message, string Key)
        : PodEvent(Pod, Uid, Message);
}
