using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.Refs;

/// <summary>The top of the tree: stops a guardian that failed, and ends the system once both guardians are gone, <c>/user</c> first.</summary>
internal sealed class RootGuardianRef(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorSystemImpl System { get; } = system;

    public override InternalActorRef Parent => this;

    public override InternalActorRef? SingleChild(string name) => AllChildren().FirstOrDefault(child => child.Path.Name == name);

    public override IReadOnlyList<InternalActorRef> AllChildren() => [System.UserGuardian, System.SystemGuardian];

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                System.EventStream.Publish(new Error(
                    failed.Cause, failed.Child.Path.ToString(), typeof(RootGuardianRef), $"guardian {failed.Child} failed, shutting down system"));
                failed.Child.Stop();
                break;
            case DeathWatchNotification { Actor: var actor } when ReferenceEquals(actor, System.UserGuardian):
                System.SystemGuardian.Stop();
                break;
            case DeathWatchNotification { Actor: var actor } when ReferenceEquals(actor, System.SystemGuardian):
                System.OnGuardiansGone();
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => System.DeadLetterRef.Bury(message, sender, this);
}
