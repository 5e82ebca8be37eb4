using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.Cells;

/// <summary>Handles one message of a cell. What the actor throws becomes a failure for its supervisor and never leaves this class.</summary>
internal sealed class Turns(ActorCell cell)
{
    private Queue<SystemMessage>? _deferred;

    public void Invoke(Envelope envelope)
    {
        var message = envelope.Message;
        cell.CurrentMessage = message;
        cell.CurrentSender = envelope.Sender;
        cell.CurrentEnvelopeId++;
        var startsIdlenessAnew = cell.Idleness.IsOn && message is not INotInfluenceReceiveTimeout;
        if (startsIdlenessAnew)
            cell.Idleness.Pause();
        try
        {
            if (message is IAutoReceivedMessage)
                AutoReceive(message);
            else
                cell.Actor!.Run(cell.Behavior, message);
            if (!cell.Async.IsAwaiting)
                cell.ForgetMessage();
        }
        catch (Exception cause)
        {
            cell.Lifecycle.OnFailure(cause);
        }
        finally
        {
            cell.Idleness.StartAnew(startsIdlenessAnew);
        }
    }

    /// <summary>What the runtime does itself with a message that is meant for it.</summary>
    /// <exception cref="ActorKilledException">The message is <see cref="Kill"/>.</exception>
    public void AutoReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                DeliverTerminated(terminated);
                break;
            case PoisonPill:
                cell.Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                cell.Sender.Tell(new ActorIdentity(identify.MessageId, cell.Self), cell.Self);
                break;
        }
    }

    public void InvokeSystem(SystemMessage message)
    {
        if (MustWait(message))
        {
            (_deferred ??= new Queue<SystemMessage>()).Enqueue(message);
            return;
        }

        Handle(message);
        while (_deferred is { Count: > 0 } && !cell.Mailbox.IsClosed && !MustWait(_deferred.Peek()))
            Handle(_deferred.Dequeue());
    }

    private void DeliverTerminated(Terminated terminated)
    {
        if (cell.DeathWatch.Admit(terminated) is not { } admitted)
            return;

        cell.CurrentMessage = admitted; // what a stash would keep
        cell.Actor!.Run(cell.Behavior, admitted);
    }

    private bool MustWait(SystemMessage message) => message switch
    {
        // Between two instances there is nobody to suspend, resume or restart once more, and no strategy to ask.
        Recreate or Suspend or Resume => cell.Children.IsWaitingForRebirth,
        Failed => cell.Children.IsWaitingForRebirth || cell.Lifecycle.IsFailed,
        _ => false,
    };

    private void Handle(SystemMessage message)
    {
        try
        {
            Dispatch(message);
        }
        catch (Exception cause)
        {
            if (message is Failed failed)
                cell.Lifecycle.OnFailure(cause, failed.Child);
            else
                cell.Lifecycle.OnFailure(cause);
        }
    }

    private void Dispatch(SystemMessage message)
    {
        switch (message)
        {
            case Create:
                cell.Lifecycle.Create();
                break;
            case Recreate recreate:
                cell.Lifecycle.Recreate(recreate.Cause);
                break;
            case Suspend:
                cell.Lifecycle.Suspend();
                break;
            case Resume resume:
                cell.Lifecycle.Resume(resume.CausedByFailure);
                break;
            case Terminate:
                cell.Lifecycle.Terminate();
                break;
            case Watch watch:
                cell.DeathWatch.AddWatcher(watch.Watcher);
                break;
            case Unwatch unwatch:
                cell.DeathWatch.RemoveWatcher(unwatch.Watcher);
                break;
            case Failed failed:
                cell.Lifecycle.OnChildFailed(failed);
                break;
            case DeathWatchNotification notification:
                cell.DeathWatch.OnNotification(notification);
                break;
            case AsyncTurn turn:
                turn.Run();
                break;
            default:
                throw new NotSupportedException($"{cell.Self} does not know the system message {message.GetType().Name}");
        }
    }
}
