namespace Multus.ActorKernel.Cells;

/// <summary>The receive timeout of a cell: runs while no message is handled, starts anew after each one that counts.</summary>
internal sealed class Idleness(ActorCell cell)
{
    private ICancelable? _running;

    public TimeSpan? Timeout { get; private set; }

    public bool IsOn => Timeout is not null;

    public void Set(TimeSpan? timeout)
    {
        if (timeout is { } wanted && wanted <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(timeout), wanted, "A receive timeout is longer than zero; null turns it off");

        Pause();
        Timeout = timeout;
    }

    public void Pause()
    {
        _running?.Cancel();
        _running = null;
    }

    /// <param name="really">False: only if it is not running, as the message does not count.</param>
    public void StartAnew(bool really)
    {
        if (Timeout is not { } timeout)
            return;

        if (!really && _running is { IsCancellationRequested: false })
            return;

        Pause();
        _running = cell.System.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, ReceiveTimeout.Instance, cell.Self);
    }
}
