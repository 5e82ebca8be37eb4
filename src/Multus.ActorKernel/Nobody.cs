using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel;

/// <summary>The reference that leads nowhere: what it is told is dropped.</summary>
public sealed class Nobody : IActorRef
{
    private Nobody()
    {
    }

    public static Nobody Instance { get; } = new();

    public ActorPath Path { get; } = new RootActorPath(new Address("akka", "all-systems"), "/Nobody");

    public void Tell(object message, IActorRef? sender)
    {
        // Nowhere is where it was sent.
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Path.GetHashCode();

    public int CompareTo(IActorRef? other) => other is null ? 1 : Path.CompareTo(other.Path);

    public int CompareTo(object? obj) => RefOrder.Compare(this, obj);

    public override string ToString() => Path.ToString();
}
