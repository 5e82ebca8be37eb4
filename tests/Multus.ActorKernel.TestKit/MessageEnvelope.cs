namespace Multus.ActorKernel.TestKit;

/// <summary>What the test actor received; <see cref="Sender"/> is who sent it, or dead letters.</summary>
public sealed record MessageEnvelope(object Message, IActorRef Sender);
