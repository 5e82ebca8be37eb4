namespace Multus.ActorKernel.Dispatch;

/// <summary>One thread for one actor, from its creation through all restarts until it stops.</summary>
internal sealed class PinnedExecutor : IMailboxExecutor
{
    private readonly object _gate = new(); // waited on, which Lock cannot
    private Mailbox? _next;
    private bool _released;

    public PinnedExecutor(ActorPath path)
    {
        var thread = new Thread(Loop) { IsBackground = true, Name = path.ToStringWithoutAddress() };
        thread.UnsafeStart();
    }

    public void Execute(Mailbox mailbox)
    {
        lock (_gate)
        {
            _next = mailbox;
            Monitor.Pulse(_gate);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Loop()
    {
        while (TakeNext() is { } mailbox)
            mailbox.Run();
    }

    private Mailbox? TakeNext()
    {
        lock (_gate)
        {
            while (_next is null && !_released)
                Monitor.Wait(_gate);

            var mailbox = _next;
            _next = null;
            return mailbox;
        }
    }
}
