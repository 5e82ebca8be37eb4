using System.Collections.Concurrent;
using Multus.ActorKernel.Cells;

namespace Multus.ActorKernel.Dispatch;

/// <summary>
/// The queue of one actor and its turn: any thread may post, at most one thread at a time runs. Messages of one sender are handled in the order they
/// were posted; a message posted is either handled or ends in dead letters, once.
/// </summary>
internal sealed class Mailbox(ActorCell cell, IMailboxExecutor executor, int throughput) : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Scheduled = 1;

    private readonly ConcurrentQueue<Envelope> _incoming = new();

    // Written and read in the actor's own turn only, except for the count, which Run publishes by giving up the turn.
    private Stack<Envelope>? _unstashed;
    private int _unstashedCount;

    private SystemMessage? _system; // newest first
    private int _status;
    private int _suspensions; // changed in the actor's own turn only
    private volatile bool _closed;

    public bool IsClosed => _closed;

    public bool IsSuspended => Volatile.Read(ref _suspensions) > 0;

    public void Post(Envelope envelope)
    {
        if (_closed)
        {
            Bury(envelope);
            return;
        }

        _incoming.Enqueue(envelope);
        Interlocked.MemoryBarrier(); // the enqueue must be seen by whoever gives up the turn before we look whether someone has it
        if (_closed)
            BuryIncoming(); // closing may have drained before our message was in
        else if (Volatile.Read(ref _status) == Idle && !IsSuspended)
            TrySchedule();
    }

    public void PostSystem(SystemMessage message)
    {
        while (true)
        {
            var head = Volatile.Read(ref _system);
            if (head is MailboxClosed)
            {
                AfterDeath(message);
                return;
            }

            message.Next = head;
            if (Interlocked.CompareExchange(ref _system, message, head) == head)
                break;
        }

        if (Volatile.Read(ref _status) == Idle)
            TrySchedule();
    }

    /// <summary>Puts a message before all others. In the actor's own turn only.</summary>
    public void PutFirst(Envelope envelope)
    {
        if (_closed)
        {
            Bury(envelope);
            return;
        }

        (_unstashed ??= new Stack<Envelope>()).Push(envelope);
        _unstashedCount = _unstashed.Count;
    }

    /// <summary>User messages wait until as many <see cref="Resume"/>. In the actor's own turn only.</summary>
    public void Suspend() => _suspensions++;

    public void Resume()
    {
        if (_suspensions > 0)
            _suspensions--;
    }

    /// <summary>The actor is gone: everything that waits, and everything that still comes, goes to dead letters. In the actor's own turn only.</summary>
    public void Close()
    {
        _closed = true;
        for (var message = OldestFirst(Interlocked.Exchange(ref _system, MailboxClosed.Instance)); message is not null;)
        {
            var next = message.Next;
            message.Next = null;
            AfterDeath(message);
            message = next;
        }

        while (_unstashed is not null && _unstashed.TryPop(out var envelope))
            Bury(envelope);
        BuryIncoming();
        executor.Release();
    }

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>One turn: all system messages, then user messages up to the throughput.</summary>
    public void Run()
    {
        var previous = ActorCell.Enter(cell);
        try
        {
            RunSystemMessages();
            RunUserMessages();
        }
        finally
        {
            ActorCell.Leave(previous);
            Volatile.Write(ref _status, Idle);
            Interlocked.MemoryBarrier(); // who posted before this saw us running and left the scheduling to the look below
            if (HasWork)
                TrySchedule();
        }
    }

    private bool HasWork =>
        !_closed
        && (Volatile.Read(ref _system) is not null || (!IsSuspended && (Volatile.Read(ref _unstashedCount) > 0 || !_incoming.IsEmpty)));

    private void TrySchedule()
    {
        if (Interlocked.CompareExchange(ref _status, Scheduled, Idle) == Idle)
            executor.Execute(this);
    }

    private void RunUserMessages()
    {
        for (var left = throughput; left > 0 && !_closed && _suspensions == 0 && TryTake(out var envelope); left--)
        {
            cell.Turns.Invoke(envelope);
            if (Volatile.Read(ref _system) is not null)
                RunSystemMessages();
        }
    }

    private void RunSystemMessages()
    {
        while (!_closed && Volatile.Read(ref _system) is not null)
        {
            for (var message = OldestFirst(Interlocked.Exchange(ref _system, null)); message is not null;)
            {
                var next = message.Next;
                message.Next = null;
                if (_closed)
                    AfterDeath(message);
                else
                    cell.Turns.InvokeSystem(message);
                message = next;
            }
        }
    }

    private bool TryTake(out Envelope envelope)
    {
        if (_unstashedCount == 0)
            return _incoming.TryDequeue(out envelope);

        envelope = _unstashed!.Pop();
        _unstashedCount = _unstashed.Count;
        return true;
    }

    private void AfterDeath(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true));
    }

    private void BuryIncoming()
    {
        while (_incoming.TryDequeue(out var envelope))
            Bury(envelope);
    }

    private void Bury(Envelope envelope) => cell.System.DeadLetterRef.Bury(envelope.Message, envelope.Sender, cell.Self);

    private static SystemMessage? OldestFirst(SystemMessage? newest)
    {
        SystemMessage? oldest = null;
        while (newest is not null and not MailboxClosed)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
