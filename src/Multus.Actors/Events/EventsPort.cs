using Multus.Engine.Ports;

namespace Multus.Actors.Events;

/// <summary>The engine's view of events: it tells the events actor.</summary>
public sealed class EventsPort(IActorRef events) : IEvents
{
    public void Publish(PodEvent happened) => events.Tell(happened);
}
