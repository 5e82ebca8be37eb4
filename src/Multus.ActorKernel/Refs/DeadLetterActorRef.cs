using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.Refs;

/// <summary>Where messages end that nobody will handle: they are published on the event stream.</summary>
internal class DeadLetterActorRef(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorSystemImpl System { get; } = system;

    public override bool IsTerminated => true;

    public override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false));
    }

    /// <summary>Publishes a message that was meant for somebody else.</summary>
    public void Bury(object message, IActorRef? sender, IActorRef recipient)
    {
        if (message is Identify identify && sender is not null)
        {
            sender.Tell(new ActorIdentity(identify.MessageId, subject: null), recipient);
            return;
        }

        System.EventStream.Publish(message switch
        {
            AllDeadLetters already => already,
            IDeadLetterSuppression suppressed => new SuppressedDeadLetter(suppressed, sender ?? this, recipient),
            _ => new DeadLetter(message, sender ?? this, recipient),
        });
    }

    protected override void TellInternal(object message, IActorRef? sender) => Bury(message, sender, this);
}

/// <summary>A path at which there is no actor.</summary>
internal sealed class EmptyLocalActorRef(ActorSystemImpl system, ActorPath path) : DeadLetterActorRef(system, path);
