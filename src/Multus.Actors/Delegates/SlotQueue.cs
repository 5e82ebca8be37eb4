namespace Multus.Actors.Delegates;

/// <summary>
/// Decides which plugin process may start next: first come, first served within <c>slots</c>, at most
/// <c>slotsPerType</c> of one plugin type, and one slot more that only a DEL may take, so that clean-up never waits
/// behind a burst of ADDs.
/// </summary>
/// <remarks>
/// No I/O, no clock, no actor types; one actor owns it. A plugin type at its limit is passed over, never waited for.
/// </remarks>
public sealed class SlotQueue<TTicket>(int slots, int slotsPerType)
    where TTicket : notnull
{
    private readonly LinkedList<Entry> _waiting = new();
    private readonly Dictionary<TTicket, Grant> _running = [];
    private readonly Dictionary<string, int> _runningByType = [];
    private int _ordinary;
    private bool _deleteSlotTaken;

    private enum Slot
    {
        Ordinary,
        Delete,
    }

    public int Waiting => _waiting.Count;

    public int Running => _running.Count;

    public void Enqueue(TTicket ticket, string pluginType, bool isDelete) =>
        _waiting.AddLast(new Entry(ticket, pluginType, isDelete));

    /// <summary>Takes the next ticket that may start now, and its slot with it.</summary>
    public bool TryStart(out TTicket? ticket)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (SlotFor(node.Value) is not { } slot)
                continue;

            _waiting.Remove(node);
            Take(node.Value, slot);
            ticket = node.Value.Ticket;
            return true;
        }

        ticket = default;
        return false;
    }

    /// <summary>Gives the slot of a ticket back.</summary>
    /// <returns>False if it held none: it was released before.</returns>
    public bool Release(TTicket ticket)
    {
        if (!_running.Remove(ticket, out var grant))
            return false;

        if (grant.Slot == Slot.Delete)
        {
            _deleteSlotTaken = false;
            return true;
        }

        _ordinary--;
        if (--_runningByType[grant.PluginType] == 0)
            _runningByType.Remove(grant.PluginType);
        return true;
    }

    /// <summary>Removes and returns the waiting tickets that match: their callers have given up.</summary>
    public IReadOnlyList<TTicket> Drop(Predicate<TTicket> match)
    {
        var dropped = new List<TTicket>();
        for (var node = _waiting.First; node is not null; )
        {
            var next = node.Next;
            if (match(node.Value.Ticket))
            {
                dropped.Add(node.Value.Ticket);
                _waiting.Remove(node);
            }

            node = next;
        }

        return dropped;
    }

    /// <summary>Every ticket that holds a slot.</summary>
    public IReadOnlyList<TTicket> AllRunning() => [.. _running.Keys];

    /// <summary>The tickets of one plugin type that hold a slot.</summary>
    public IReadOnlyList<TTicket> RunningOf(string pluginType) =>
        [.. _running.Keys.Where(ticket => _running[ticket].PluginType == pluginType)];

    private Slot? SlotFor(Entry entry)
    {
        if (_ordinary < slots && _runningByType.GetValueOrDefault(entry.PluginType) < slotsPerType)
            return Slot.Ordinary;
        return entry.IsDelete && !_deleteSlotTaken ? Slot.Delete : null;
    }

    private void Take(Entry entry, Slot slot)
    {
        _running.Add(entry.Ticket, new Grant(entry.PluginType, slot));
        if (slot == Slot.Delete)
        {
            _deleteSlotTaken = true;
            return;
        }

        _ordinary++;
        _runningByType[entry.PluginType] = _runningByType.GetValueOrDefault(entry.PluginType) + 1;
    }

    private sealed record Entry(TTicket Ticket, string PluginType, bool IsDelete);

    private sealed record Grant(string PluginType, Slot Slot);
}
