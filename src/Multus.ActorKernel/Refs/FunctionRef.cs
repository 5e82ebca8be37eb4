using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Refs;

/// <summary>A reference without an actor behind it: messages and system messages go to a function, on the sender's thread.</summary>
internal sealed class FunctionRef(ActorSystemImpl system, ActorPath path, Action<object, IActorRef?> onMessage, Action<SystemMessage>? onSystemMessage = null)
    : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorSystemImpl System { get; } = system;

    public override void SendSystemMessage(SystemMessage message) => onSystemMessage?.Invoke(message);

    protected override void TellInternal(object message, IActorRef? sender) => onMessage(message, sender);
}
