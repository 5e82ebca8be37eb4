using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Refs;

/// <summary>A reference as the runtime sees it: besides messages it takes system messages. Equal by path and incarnation.</summary>
internal abstract class InternalActorRef : IActorRef
{
    public abstract ActorPath Path { get; }

    public abstract ActorSystemImpl System { get; }

    public virtual InternalActorRef Parent => System.Root;

    /// <summary>The reference itself, or the one it stands for; null for one that is no actor's, as <see cref="Nobody"/>.</summary>
    public static InternalActorRef? Of(IActorRef reference) => reference as InternalActorRef ?? (reference as IActorRefAlias)?.Target;

    public virtual bool IsTerminated => false;

    public void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        TellInternal(message, sender);
    }

    public virtual void SendSystemMessage(SystemMessage message)
    {
    }

    public virtual InternalActorRef? SingleChild(string name) => null;

    public virtual IReadOnlyList<InternalActorRef> AllChildren() => [];

    public void Stop() => SendSystemMessage(new Terminate());

    public void Suspend() => SendSystemMessage(new Suspend());

    public void Resume(Exception? causedByFailure) => SendSystemMessage(new Resume(causedByFailure));

    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path.Uid, Path.GetHashCode());

    public int CompareTo(IActorRef? other)
    {
        if (other is null)
            return 1;

        var byPath = Path.CompareTo(other.Path);
        return byPath != 0 ? byPath : Path.Uid.CompareTo(other.Path.Uid);
    }

    public int CompareTo(object? obj) => RefOrder.Compare(this, obj);

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    protected abstract void TellInternal(object message, IActorRef? sender);
}

/// <summary>A reference that stands for another, as a test probe does for its actor.</summary>
internal interface IActorRefAlias
{
    InternalActorRef Target { get; }
}

/// <summary>Comparison of references with anything.</summary>
internal static class RefOrder
{
    public static int Compare(IActorRef self, object? other) => other switch
    {
        null => 1,
        IActorRef reference => self.CompareTo(reference),
        _ => throw new ArgumentException($"An actor reference cannot be compared with a {other.GetType()}", nameof(other)),
    };
}
