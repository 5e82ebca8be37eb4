namespace Multus.ActorKernel;

/// <summary>Keeps messages for later.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>-1: no limit.</summary>
    int Capacity { get; }

    /// <summary>Keeps the message being handled.</summary>
    /// <exception cref="IllegalActorStateException">It was stashed in this turn already.</exception>
    void Stash();

    /// <summary>Puts the oldest kept message before all that wait in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all kept messages, in their order, before all that wait in the mailbox.</summary>
    void UnstashAll();

    /// <summary>As <see cref="UnstashAll()"/>; those the predicate does not want are dropped.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and returns what was in it.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those that are kept.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}

/// <summary>An actor that is given a stash before <c>PreStart</c>. On restart and stop what is kept goes back to the mailbox.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}

/// <summary>See <see cref="IActorStash"/>.</summary>
public interface IWithUnrestrictedStash : IActorStash;

/// <summary>See <see cref="IActorStash"/>.</summary>
public interface IWithStash : IWithUnrestrictedStash;

/// <summary>See <see cref="IActorStash"/>.</summary>
public interface IWithUnboundedStash : IWithUnrestrictedStash;
