namespace Multus.ActorKernel.Cells;

/// <summary>The stash of one instance.</summary>
internal sealed class Stash(ActorCell cell) : IStash
{
    private LinkedList<Envelope> _kept = new();
    private long _lastEnvelopeId = -1;

    public int Count => _kept.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => Count > 0;

    public bool IsFull => false;

    public int Capacity => -1;

    void IStash.Stash()
    {
        if (cell.CurrentMessage is not { } message)
            throw new IllegalActorStateException($"{cell.Self} handles no message that could be stashed");

        if (_lastEnvelopeId == cell.CurrentEnvelopeId)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");

        _lastEnvelopeId = cell.CurrentEnvelopeId;
        _kept.AddLast(new Envelope(message, cell.CurrentSender));
    }

    public void Unstash()
    {
        if (_kept.First is not { } first)
            return;

        _kept.RemoveFirst();
        GiveBack(first.Value);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        var kept = _kept;
        _kept = new LinkedList<Envelope>();
        for (var node = kept.Last; node is not null; node = node.Previous)
        {
            if (predicate(node.Value))
                GiveBack(node.Value);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var kept = _kept;
        _kept = new LinkedList<Envelope>();
        return kept;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        var seen = new HashSet<Envelope>();
        var distinct = new List<Envelope>(envelopes).FindAll(seen.Add);
        distinct.Reverse();
        foreach (var envelope in distinct)
            _kept.AddFirst(envelope);
    }

    private void GiveBack(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
            cell.DeathWatch.Announce(terminated);
        cell.Mailbox.PutFirst(envelope);
    }
}
