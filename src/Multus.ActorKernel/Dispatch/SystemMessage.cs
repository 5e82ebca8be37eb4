using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Dispatch;

/// <summary>What the runtime tells a cell. Handled before any user message. An instance is a link of one mailbox's list: never send it twice.</summary>
internal abstract class SystemMessage
{
    public SystemMessage? Next { get; set; }
}

internal sealed class Create : SystemMessage;

internal sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause { get; } = cause;
}

internal sealed class Suspend : SystemMessage;

internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    public Exception? CausedByFailure { get; } = causedByFailure;
}

internal sealed class Terminate : SystemMessage;

internal sealed class Watch(InternalActorRef watchee, InternalActorRef watcher) : SystemMessage
{
    public InternalActorRef Watchee { get; } = watchee;

    public InternalActorRef Watcher { get; } = watcher;
}

internal sealed class Unwatch(InternalActorRef watchee, InternalActorRef watcher) : SystemMessage
{
    public InternalActorRef Watchee { get; } = watchee;

    public InternalActorRef Watcher { get; } = watcher;
}

internal sealed class Failed(InternalActorRef child, Exception cause) : SystemMessage
{
    public InternalActorRef Child { get; } = child;

    public Exception Cause { get; } = cause;
}

internal sealed class DeathWatchNotification(InternalActorRef actor, bool existenceConfirmed) : SystemMessage
{
    public InternalActorRef Actor { get; } = actor;

    public bool ExistenceConfirmed { get; } = existenceConfirmed;
}

/// <summary>A piece of an async handler that wants to run in the actor's turn.</summary>
internal sealed class AsyncTurn(Action run) : SystemMessage
{
    public Action Run { get; } = run;
}

/// <summary>Stands at the head of a closed mailbox's system list.</summary>
internal sealed class MailboxClosed : SystemMessage
{
    public static MailboxClosed Instance { get; } = new();
}
