using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.TestKit;

/// <summary>A further test actor with expectations of its own. It can be passed as a reference itself.</summary>
public sealed class TestProbe : TestKitBase, INoImplicitSender, IActorRef, IActorRefAlias
{
    private static long s_probes;

    internal TestProbe(ActorSystem system, string? name)
        : base(system, config: null, actorSystemName: null, name ?? $"testProbe{Interlocked.Increment(ref s_probes)}")
    {
    }

    /// <summary>The actor of this probe.</summary>
    public IActorRef Ref => TestActor;

    /// <summary>Who sent the message looked at last.</summary>
    public IActorRef Sender => LastSender;

    ActorPath IActorRef.Path => TestActor.Path;

    InternalActorRef IActorRefAlias.Target => (InternalActorRef)TestActor;

    /// <summary>Tells an actor something, with the probe as sender.</summary>
    public void Send(IActorRef actor, object message) => actor.Tell(message, TestActor);

    /// <summary>Tells an actor something, with the sender of the message looked at last.</summary>
    public void Forward(IActorRef actor, object message) => actor.Tell(message, Sender);

    /// <summary>Passes the message looked at last on.</summary>
    public void Forward(IActorRef actor) =>
        Forward(actor, LastMessage ?? throw new InvalidOperationException("There is no message to forward: none has been received yet"));

    /// <summary>Answers the message looked at last.</summary>
    public void Reply(object message) => Sender.Tell(message, TestActor);

    void ICanTell.Tell(object message, IActorRef? sender) => TestActor.Tell(message, sender);

    public bool Equals(IActorRef? other) => TestActor.Equals(other is TestProbe probe ? probe.Ref : other);

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => TestActor.GetHashCode();

    public int CompareTo(IActorRef? other) => TestActor.CompareTo(other);

    public int CompareTo(object? obj) => TestActor.CompareTo(obj);

    public override string ToString() => TestActor.ToString()!;
}
