namespace Multus.ActorKernel;

/// <summary>Anything a message can be sent to.</summary>
public interface ICanTell
{
    /// <summary>Sends without waiting. A null <paramref name="sender"/> arrives as <see cref="ActorSystem.DeadLetters"/>.</summary>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    void Tell(object message, IActorRef? sender);
}

/// <summary>The address of one incarnation of an actor: stays valid over restarts, and points to dead letters once the actor has stopped.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}

/// <summary>Fixed references, and the tell that takes the running actor for the sender.</summary>
public static class ActorRefs
{
    /// <summary>The sender of messages that come from outside of any actor.</summary>
    public static readonly IActorRef? NoSender;

    /// <summary>The reference that leads nowhere.</summary>
    public static readonly IActorRef Nobody = ActorKernel.Nobody.Instance;
}

/// <summary>Sending with the running actor as the sender.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends with the running actor as sender, or with none outside of an actor's turn.</summary>
    public static void Tell(this IActorRef receiver, object message) =>
        receiver.Tell(message, Cells.ActorCell.CurrentSelfOrNoSender);

    /// <summary>Sends on with the sender of the message being handled, as if it had been sent there in the first place.</summary>
    /// <exception cref="InvalidOperationException">Called outside of an actor's turn.</exception>
    public static void Forward(this IActorRef receiver, object message)
    {
        var cell = Cells.ActorCell.Current
            ?? throw new InvalidOperationException($"Forward to {receiver.Path} needs the sender of a message being handled; no actor is running on this thread");
        receiver.Tell(message, cell.Sender);
    }
}

/// <summary>Tests on references.</summary>
public static class ActorRefExtensions
{
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Nobody;
}
