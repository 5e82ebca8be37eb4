using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

/// <summary>What a supervisor's decision does to a child.</summary>
public class SupervisionTests : ContractSpec
{
    private static readonly BoomException Boom = new("boom");

    public SupervisionTests() => EventFilter.Error().And.Warning().Mute();

    [Fact]
    public async Task A_restart_runs_the_hooks_in_order_on_old_and_new_instance()
    {
        var (_, child) = await Supervised(Directive.Restart);
        await ExpectMsgAsync("PreStart", Patience);
        var before = await child.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience);

        child.Tell(Boom);

        await ExpectMsgAsync("PreRestart boom on exception from " + TestActor.Path.Name, Patience);
        await ExpectMsgAsync("PostStop", Patience);
        await ExpectMsgAsync("PostRestart boom", Patience);
        await ExpectMsgAsync("PreStart", Patience);
        var after = await child.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience);
        Assert.NotSame(before.Value, after.Value);
    }

    [Fact]
    public async Task Messages_in_the_mailbox_survive_a_restart_and_the_failing_one_is_not_handled_again()
    {
        var (_, child) = await Supervised(Directive.Restart);
        await ExpectMsgAsync("PreStart", Patience);

        child.Tell("first");
        child.Tell(Boom);
        child.Tell("second");

        await ExpectMsgAsync("first", Patience);
        await ExpectMsgAsync("PreRestart boom on exception from " + TestActor.Path.Name, Patience);
        await FishForMessageAsync(message => message is "PreStart", Patience);
        await ExpectMsgAsync("second", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task Stop_ends_the_child()
    {
        var (_, child) = await Supervised(Directive.Stop);
        await ExpectMsgAsync("PreStart", Patience);
        Watch(child);

        child.Tell(Boom);

        await ExpectMsgAsync("PostStop", Patience);
        await ExpectTerminatedAsync(child, Patience);
    }

    [Fact]
    public async Task A_restarted_parent_stops_its_children_and_makes_them_anew()
    {
        var childProps = Props.Create(() => new Fragile(TestActor));
        var parent = Sys.ActorOf(Props.Create(() => new Parent(childProps, SupervisorStrategy.DefaultStrategy)));
        var first = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);
        await ExpectMsgAsync("PreStart", Patience);

        parent.Tell(Boom);

        await ExpectMsgAsync("PostStop", Patience);
        await ExpectMsgAsync("PreStart", Patience);
        var second = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);
        Assert.NotEqual(first, second);
        Assert.Equal(first.Path, second.Path);
    }

    [Fact]
    public async Task One_restart_more_than_the_budget_stops_the_child()
    {
        var strategy = new OneForOneStrategy(3, TimeSpan.FromMinutes(10), _ => Directive.Restart);
        var (_, child) = await Supervised(strategy);
        for (var i = 0; i < 3; i++)
            child.Tell(Boom);
        Assert.Equal("alive", await child.Ask<string>("alive", Patience));

        child.Tell(Boom);

        await Terminated(child);
    }

    /// <summary>A part whose start fails is tried again as often as one that crashes at work.</summary>
    [Fact]
    public async Task A_start_that_fails_in_a_restart_is_one_more_failure_for_the_supervisor()
    {
        var causes = new ConcurrentQueue<Exception>();
        var strategy = new OneForOneStrategy(cause =>
        {
            causes.Enqueue(cause);
            return Directive.Restart;
        });
        var starts = new Starts();
        var parent = Sys.ActorOf(
            Props.Create(() => new Parent(Props.Create(() => new FailingToStart(starts)), strategy))
        );
        var child = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);

        child.Tell(Boom);

        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
        Assert.Equal(4, starts.Count);
        Assert.Equal(3, causes.Count);
        Assert.IsType<BoomException>(causes.First());
    }

    private Task<(IActorRef Parent, IActorRef Child)> Supervised(Directive directive) =>
        Supervised(new OneForOneStrategy(_ => directive));

    private async Task<(IActorRef Parent, IActorRef Child)> Supervised(SupervisorStrategy strategy)
    {
        var childProps = Props.Create(() => new Fragile(TestActor));
        var parent = Sys.ActorOf(Props.Create(() => new Parent(childProps, strategy)));
        return (parent, await parent.Ask<IActorRef>(new Parent.GetChild(), Patience));
    }

    private sealed class Starts
    {
        public int Count { get; set; }
    }

    private sealed class FailingToStart(Starts starts) : UntypedActor
    {
        protected override void PreStart()
        {
            if (++starts.Count is 2 or 3)
                throw Boom;
        }

        protected override void OnReceive(object message)
        {
            if (message is Exception cause)
                throw cause;
            Sender.Tell(message);
        }
    }
}
