using Multus.ActorKernel.Cells;
using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Refs;

/// <summary>The reference of an actor of this system.</summary>
internal sealed class LocalActorRef : InternalActorRef
{
    public LocalActorRef(ActorSystemImpl system, Props props, MessageDispatcher dispatcher, InternalActorRef parent, ActorPath path)
    {
        System = system;
        Parent = parent;
        Path = path;
        Cell = new ActorCell(system, this, props, dispatcher, parent);
    }

    public ActorCell Cell { get; }

    public override ActorPath Path { get; }

    public override ActorSystemImpl System { get; }

    public override InternalActorRef Parent { get; }

    public override bool IsTerminated => Cell.Mailbox.IsClosed;

    public override void SendSystemMessage(SystemMessage message) => Cell.Mailbox.PostSystem(message);

    public override InternalActorRef? SingleChild(string name) => Cell.Children.Find(name);

    public override IReadOnlyList<InternalActorRef> AllChildren() => Cell.Children.All();

    protected override void TellInternal(object message, IActorRef? sender) => Cell.Mailbox.Post(new Envelope(message, sender));
}
