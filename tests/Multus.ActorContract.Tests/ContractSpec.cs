namespace Multus.ActorContract.Tests;

/// <summary>The base of the contract: what Multus.Actors relies on, written against the surface that the built-in runtime and Akka.NET share.</summary>
public abstract class ContractSpec(string? config = null) : TestKit(config ?? "")
{
    /// <summary>Longer than anything takes that is not broken, even on a machine that has other things to do.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Long enough to see what comes right away; for the absence of messages whose turn has passed already.</summary>
    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    protected TestScheduler VirtualTime => (TestScheduler)Sys.Scheduler;

    /// <summary>Returns once everything told to the actor before has been handled.</summary>
    protected static async Task Barrier(IActorRef actor) => await actor.Ask<ActorIdentity>(new Identify(null), Patience);

    protected async Task Terminated(IActorRef actor)
    {
        var probe = CreateTestProbe();
        probe.Watch(actor);
        await probe.ExpectTerminatedAsync(actor, Patience);
    }
}

/// <summary>What tests let an actor fail with.</summary>
public sealed class BoomException(string message) : Exception(message);

/// <summary>Answers everything with itself.</summary>
public sealed class Echo : ReceiveActor
{
    public Echo() => ReceiveAny(message => Sender.Tell(message));
}

/// <summary>Fails on an exception, answers everything else, and tells its observer of its hooks.</summary>
public class Fragile : ReceiveActor
{
    private readonly IActorRef _observer;

    public Fragile(IActorRef observer)
    {
        _observer = observer;
        Receive<Exception>(Fail);
        Receive<GetInstance>(_ => Sender.Tell(new Instance(this)));
        ReceiveAny(message => Sender.Tell(message));
    }

    public sealed record GetInstance;

    public sealed record Instance(object Value);

    protected override void PreStart() => _observer.Tell("PreStart");

    protected override void PostStop() => _observer.Tell("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _observer.Tell($"PreRestart {reason.Message} on {(message is Exception ? "exception" : message ?? "nothing")}");
        base.PreRestart(reason, message!);
    }

    protected override void PostRestart(Exception reason)
    {
        _observer.Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    private static void Fail(Exception cause) => throw cause;
}

/// <summary>Makes one child, hands it out, and supervises it as the test says.</summary>
public class Parent(Props child, SupervisorStrategy strategy) : ReceiveActor
{
    private IActorRef _child = ActorRefs.Nobody;

    public sealed record GetChild;

    protected override void PreStart()
    {
        _child = Context.ActorOf(child, "child");
        Become(() =>
        {
            Receive<GetChild>(_ => Sender.Tell(_child));
            Receive<Exception>(cause => throw cause);
        });
    }

    protected override SupervisorStrategy SupervisorStrategy() => strategy;
}

/// <summary>Supervises two fragile children together.</summary>
public sealed class Pair : ReceiveActor
{
    private readonly SupervisorStrategy _strategy;

    public Pair(IActorRef left, IActorRef right, SupervisorStrategy strategy)
    {
        _strategy = strategy;
        var children = new Children(
            Context.ActorOf(Props.Create(() => new Fragile(left))), Context.ActorOf(Props.Create(() => new Fragile(right))));
        ReceiveAny(_ => Sender.Tell(children));
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    public sealed record Children(IActorRef Left, IActorRef Right);
}
