namespace Multus.ActorContract.Tests;

/// <summary>
/// The base of the contract: what Multus.Actors relies on of Akka.NET, and what of its surprises our actors have to
/// live with.
/// </summary>
public abstract class ContractSpec(string? config = null) : TestKit(config ?? "")
{
    /// <summary>Longer than anything takes that is not broken, even on a machine that has other things to do.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Long enough to see what comes right away; for the absence of messages whose turn has passed already.
    /// </summary>
    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns once everything told to the actor before has been handled.</summary>
    protected static async Task Barrier(IActorRef actor) =>
        await actor.Ask<ActorIdentity>(new Identify(null), Patience);

    protected async Task Terminated(IActorRef actor)
    {
        var probe = CreateTestProbe();
        probe.Watch(actor);
        await probe.ExpectTerminatedAsync(actor, Patience);
    }
}

/// <summary>For tests that move time themselves.</summary>
public abstract class VirtualTimeSpec()
    : ContractSpec("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
{
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected TestScheduler VirtualTime => (TestScheduler)Sys.Scheduler;
}

/// <summary>What tests let an actor fail with.</summary>
public sealed class BoomException(string message) : Exception(message);

/// <summary>Answers everything with itself.</summary>
public sealed class Echo : ReceiveActor
{
    public Echo() => ReceiveAny(message => Sender.Tell(message));
}

/// <summary>Fails on an exception, answers everything else, and tells its observer of its hooks.</summary>
public sealed class Fragile : UntypedActor
{
    private readonly IActorRef _observer;

    public Fragile(IActorRef observer) => _observer = observer;

    public sealed record GetInstance;

    public sealed record Instance(object Value);

    protected override void OnReceive(object message)
    {
        if (message is Exception cause)
            throw cause;
        Sender.Tell(message is GetInstance ? new Instance(this) : message);
    }

    protected override void PreStart() => _observer.Tell("PreStart");

    protected override void PostStop() => _observer.Tell("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _observer.Tell(
            $"PreRestart {reason.Message} on {(message is Exception ? "exception" : message ?? "nothing")} from {Sender.Path.Name}"
        );
        base.PreRestart(reason, message!);
    }

    protected override void PostRestart(Exception reason)
    {
        _observer.Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }
}

/// <summary>Makes one child, hands it out, and supervises it as the test says.</summary>
public sealed class Parent(Props child, SupervisorStrategy strategy) : UntypedActor
{
    private IActorRef _child = ActorRefs.Nobody;

    public sealed record GetChild;

    protected override void PreStart() => _child = Context.ActorOf(child, "child");

    protected override void OnReceive(object message)
    {
        if (message is Exception cause)
            throw cause;
        Sender.Tell(_child);
    }

    protected override SupervisorStrategy SupervisorStrategy() => strategy;
}
