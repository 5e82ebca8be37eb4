using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Cells;

/// <summary>Runs an async handler: its pieces are turns of the actor, and no other message is handled before it is done.</summary>
internal sealed class AsyncTurns(ActorCell cell)
{
    private TurnScheduler? _scheduler;
    private object? _message;
    private IActorRef? _sender;

    public bool IsAwaiting { get; private set; }

    public void Run(Func<Task> handler)
    {
        _message = cell.CurrentMessage;
        _sender = cell.CurrentSender;
        var first = new Task<Task>(handler);
        first.RunSynchronously(_scheduler ??= new TurnScheduler(this));
        var whole = first.GetAwaiter().GetResult();
        if (whole.IsCompleted)
        {
            whole.GetAwaiter().GetResult();
            return;
        }

        IsAwaiting = true;
        cell.Mailbox.Suspend();
        whole.ContinueWith(
            (done, self) => ((AsyncTurns)self!).Post(() => ((AsyncTurns)self).Finish(done)),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Finish(Task done)
    {
        IsAwaiting = false;
        cell.Mailbox.Resume();
        done.GetAwaiter().GetResult(); // what the handler threw is the actor's failure
        cell.ForgetMessage();
        (_message, _sender) = (null, null);
    }

    private void Post(Action run) => cell.Mailbox.PostSystem(new AsyncTurn(() =>
    {
        cell.CurrentMessage = _message;
        cell.CurrentSender = _sender;
        run();
    }));

    private sealed class TurnScheduler(AsyncTurns turns) : TaskScheduler
    {
        public override int MaximumConcurrencyLevel => 1;

        protected override IEnumerable<Task>? GetScheduledTasks() => null;

        protected override void QueueTask(Task task) => turns.Post(() => TryExecuteTask(task));

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, turns.Cell) && TryExecuteTask(task);
    }

    private ActorCell Cell => cell;
}
