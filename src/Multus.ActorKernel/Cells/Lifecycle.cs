using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Event;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel.Cells;

/// <summary>Creates, suspends, replaces and ends the instance of a cell. Suspensions are counted, so each path must resume as often as it was suspended.</summary>
internal sealed class Lifecycle(ActorCell cell)
{
    /// <summary>Whose failure made this actor fail: its own, or that of the child it escalated.</summary>
    private InternalActorRef? _perpetrator;

    public bool IsFailed => _perpetrator is not null;

    public void Create()
    {
        try
        {
            NewInstance().RunPreStart();
            cell.Idleness.StartAnew(really: true);
        }
        catch (Exception cause)
        {
            Discard(cell.Actor);
            cell.Actor = null;
            throw new ActorInitializationException(cell.Self, "Exception during creation", cause);
        }
    }

    public void Suspend()
    {
        cell.Mailbox.Suspend();
        SuspendChildren(suspendedAlready: []);
    }

    public void Resume(Exception? causedByFailure)
    {
        if (cell.Actor is not { } actor)
        {
            CreateAfterFailure();
            return;
        }

        if (actor.HasBeenCleared && causedByFailure is not null)
        {
            Recreate(causedByFailure); // the instance is gone, there is nothing to go on with
            return;
        }

        var perpetrator = _perpetrator;
        cell.Mailbox.Resume();
        if (causedByFailure is not null)
        {
            _perpetrator = null;
            cell.ForgetMessage();
        }

        foreach (var child in cell.Children.All())
            child.Resume(ReferenceEquals(child, perpetrator) ? causedByFailure : null);
    }

    public void Recreate(Exception cause)
    {
        if (cell.Actor is not { } failed)
        {
            CreateAfterFailure();
            return;
        }

        if (!cell.Children.IsNormal)
        {
            Resume(causedByFailure: null); // stopping already: only the count of suspensions must come out even
            return;
        }

        var message = cell.CurrentMessage;
        if (!failed.HasBeenCleared)
            RunGuarded(() => failed.RunPreRestart(cause, message), x => new PreRestartException(cell.Self, x, cause, message));
        Discard(failed);
        if (!cell.Children.WaitFor(new Waiting.Rebirth(cause)))
            FinishRecreate(cause);
    }

    public void Terminate()
    {
        cell.Idleness.Set(null);
        cell.DeathWatch.UnwatchAll();
        var wasTerminating = cell.Children.IsTerminating;
        var stopping = cell.Children.BeginToStopAll(Waiting.Death.Instance);
        foreach (var child in stopping)
            child.Stop();
        if (stopping.Count == 0)
        {
            FinishTerminate();
            return;
        }

        if (wasTerminating)
            return;

        cell.Mailbox.Suspend();
        _perpetrator = cell.Self; // what fails from now on is no business of the supervisor
    }

    /// <summary>The last of the children that were waited for is gone.</summary>
    public void OnWaitedFor(Waiting waiting)
    {
        switch (waiting)
        {
            case Waiting.Rebirth rebirth:
                FinishRecreate(rebirth.Cause);
                break;
            case Waiting.Birth:
                FinishCreate();
                break;
            case Waiting.Death:
                FinishTerminate();
                break;
        }
    }

    /// <summary>The actor threw: no message is handled until the supervisor has decided.</summary>
    public void OnFailure(Exception cause, params IReadOnlyList<InternalActorRef> suspendedAlready)
    {
        if (IsFailed)
        {
            Publish(cause, $"failed once more while its supervisor decides: {cause.Message}");
            return;
        }

        cell.Mailbox.Suspend();
        _perpetrator = cell.CurrentMessage is Failed failed ? failed.Child : cell.Self;
        SuspendChildren(suspendedAlready);
        cell.Parent.SendSystemMessage(new Failed(cell.Self, cause));
    }

    /// <exception cref="Exception">The strategy escalates: the child's failure is thrown as one's own.</exception>
    public void OnChildFailed(Failed failed)
    {
        if (cell.Children.StatsOf(failed.Child) is not { } stats || cell.Actor is not { } actor)
            return; // stopped and forgotten meanwhile

        cell.CurrentMessage = failed;
        cell.CurrentSender = failed.Child;
        if (!actor.StrategyInForce.HandleFailure(cell, stats, failed.Cause, cell.Children.AllStats()))
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed.Cause);
        cell.ForgetMessage();
    }

    private void CreateAfterFailure()
    {
        cell.Idleness.Set(null);
        var stopping = cell.Children.BeginToStopAll(Waiting.Birth.Instance);
        foreach (var child in stopping)
            child.Stop();
        if (stopping.Count == 0)
            FinishCreate();
    }

    private void FinishCreate()
    {
        cell.Mailbox.Resume();
        _perpetrator = null;
        try
        {
            Create();
        }
        catch (Exception cause)
        {
            OnFailure(cause);
        }
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = cell.Children.All();
        var message = cell.CurrentMessage;
        cell.Mailbox.Resume();
        _perpetrator = null;
        try
        {
            NewInstance().RunPostRestart(cause, message);
            cell.ForgetMessage();
            foreach (var child in survivors)
                child.Restart(cause);
        }
        catch (Exception again)
        {
            Discard(cell.Actor);
            OnFailure(new PostRestartException(cell.Self, again, cause), survivors); // they are suspended since the failure before
        }
    }

    private void FinishTerminate()
    {
        var last = cell.Actor;
        if (last is { HasBeenCleared: false }) // one that died while it was being replaced has had its PreRestart
            RunGuarded(last.RunPostStop, x => x);
        Discard(last);
        cell.Children.Forbid();

        // In this order: who learns of the death must find the mailbox closed, and the parent must have freed the name before it is told as a watcher.
        cell.Mailbox.Close();
        cell.Parent.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true));
        cell.DeathWatch.TellWatchers(except: cell.Parent);
        cell.DeathWatch.UnwatchAll();
        cell.Actor = null;
        cell.ForgetMessage();
        cell.ForgetBehaviors();
    }

    private ActorBase NewInstance()
    {
        cell.ForgetBehaviors();
        var actor = cell.Props.NewActor()
            ?? throw new ActorInitializationException(cell.Self, "The factory of the props returned null");
        if (actor.HasBeenCleared || ReferenceEquals(actor, cell.Actor))
            throw new ActorInitializationException(cell.Self, "The factory of the props must make a new instance each time");

        cell.Actor = actor;
        if (cell.Props.SupervisorStrategy is { } strategy)
            actor.StrategyInForce = strategy;
        Companions.Attach(actor, cell);
        (actor as IInitializableActor)?.Init();
        return actor;
    }

    private void Discard(ActorBase? actor)
    {
        if (actor is null || actor.HasBeenCleared)
            return;

        Companions.Detach(actor);
        if (actor is IDisposable disposable)
            RunGuarded(disposable.Dispose, x => x);
        actor.Clear();
    }

    private void SuspendChildren(IReadOnlyList<InternalActorRef> suspendedAlready)
    {
        foreach (var child in cell.Children.All())
        {
            if (!suspendedAlready.Contains(child))
                child.Suspend();
        }
    }

    private void RunGuarded(Action hook, Func<Exception, Exception> describe)
    {
        try
        {
            hook();
        }
        catch (Exception x)
        {
            Publish(describe(x), x.Message);
        }
    }

    private void Publish(Exception cause, string message) =>
        cell.System.EventStream.Publish(new Error(cause, cell.Self.Path.ToString(), cell.Props.Type, message));
}
