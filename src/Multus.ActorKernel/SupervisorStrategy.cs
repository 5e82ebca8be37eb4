using Multus.ActorKernel.Cells;
using Multus.ActorKernel.Event;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel;

/// <summary>What becomes of a child that failed.</summary>
public enum Directive
{
    /// <summary>Goes on with its state as it is; only the failing message is lost.</summary>
    Resume,

    /// <summary>Is replaced by a new instance; its mailbox stays.</summary>
    Restart,

    /// <summary>The supervisor fails with the same cause.</summary>
    Escalate,

    /// <summary>Is stopped.</summary>
    Stop,
}

/// <summary>Picks the directive for a failure.</summary>
public interface IDecider
{
    Directive Decide(Exception cause);
}

/// <summary>A decider that is a function.</summary>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>What a parent does about the failures of its children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Actors that cannot be made, were killed or broke a death pact stop; everything else restarts.</summary>
    public static readonly IDecider DefaultDecider = new LocalOnlyDecider(DecideByDefault);

    /// <summary>One for one, with <see cref="DefaultDecider"/> and no limit.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops whatever fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    public abstract IDecider Decider { get; }

    protected bool LoggingEnabled { get; init; } = true;

    internal bool HandleFailure(ActorCell parent, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        var child = failed.Child;
        var directive = Decider.Decide(cause);
        LogFailure(parent, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                child.Resume(cause);
                return true;
            case Directive.Restart:
                ProcessFailure(parent, restart: true, failed, cause, children);
                return true;
            case Directive.Stop:
                ProcessFailure(parent, restart: false, failed, cause, children);
                return true;
            default:
                return false;
        }
    }

    private protected abstract void ProcessFailure(ActorCell parent, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children);

    private static Directive DecideByDefault(Exception cause) =>
        cause is ActorInitializationException or ActorKilledException or DeathPactException ? Directive.Stop : Directive.Restart;

    private void LogFailure(ActorCell parent, InternalActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate)
            return;

        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        var source = child.Path.ToString();
        parent.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(cause, source, GetType(), message)
            : new Error(cause, source, GetType(), message));
    }
}

/// <summary>Only the child that failed is restarted or stopped.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    private readonly RestartBudget _budget;

    /// <param name="maxNrOfRetries">How many restarts the time range allows; null or -1 for any number.</param>
    /// <param name="withinTimeRange">Null for ever.</param>
    /// <param name="localOnlyDecider">The directive for a failure.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, RestartBudget.Milliseconds(withinTimeRange), decider)
    {
    }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        _budget = new RestartBudget(maxNrOfRetries, withinTimeMilliseconds);
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(-1, -1, localOnlyDecider, loggingEnabled)
    {
    }

    public OneForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    public int MaxNumberOfRetries => _budget.MaxRetries;

    public int WithinTimeRangeMilliseconds => _budget.WindowMilliseconds;

    public override IDecider Decider { get; }

    private protected override void ProcessFailure(ActorCell parent, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        if (restart && _budget.Permits(failed, parent.System.Clock))
            failed.Child.Restart(cause);
        else
            parent.Stop(failed.Child);
    }
}

/// <summary>All children are restarted or stopped when one fails.</summary>
public class AllForOneStrategy : SupervisorStrategy
{
    private readonly RestartBudget _budget;

    /// <param name="maxNrOfRetries">How many restarts the time range allows; null or -1 for any number.</param>
    /// <param name="withinTimeRange">Null for ever.</param>
    /// <param name="localOnlyDecider">The directive for a failure.</param>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, RestartBudget.Milliseconds(withinTimeRange), decider)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        _budget = new RestartBudget(maxNrOfRetries, withinTimeMilliseconds);
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public AllForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    public int MaxNumberOfRetries => _budget.MaxRetries;

    public int WithinTimeRangeMilliseconds => _budget.WindowMilliseconds;

    public override IDecider Decider { get; }

    private protected override void ProcessFailure(ActorCell parent, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        if (!restart || !children.All(stats => _budget.Permits(stats, parent.System.Clock)))
        {
            foreach (var stats in children)
                parent.Stop(stats.Child);
            return;
        }

        foreach (var stats in children)
        {
            if (!ReferenceEquals(stats, failed))
                stats.Child.Suspend(); // the one that failed has suspended itself
            stats.Child.Restart(cause);
        }
    }
}
