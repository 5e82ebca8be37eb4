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

        await ExpectMsgAsync("PreRestart boom on exception", Patience);
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
        await ExpectMsgAsync("PreRestart boom on exception", Patience);
        await FishForMessageAsync(message => message is "PreStart", Patience);
        await ExpectMsgAsync("second", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task Resume_keeps_the_instance()
    {
        var (_, child) = await Supervised(Directive.Resume);
        var before = await child.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience);

        child.Tell(Boom);

        Assert.Same(before.Value, (await child.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience)).Value);
        await ExpectMsgAsync("PreStart", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task A_child_that_was_resumed_can_fail_again()
    {
        var decisions = 0;
        var strategy = new OneForOneStrategy(_ => ++decisions == 1 ? Directive.Resume : Directive.Restart);
        var (_, child) = await Supervised(strategy);
        await ExpectMsgAsync("PreStart", Patience);

        child.Tell(Boom);
        child.Tell(Boom);

        await ExpectMsgAsync("PreRestart boom on exception", Patience);
        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
        Assert.Equal(2, decisions);
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
    public async Task Escalate_makes_the_parent_fail_with_the_same_cause_and_its_own_supervisor_decides()
    {
        var failures = new ConcurrentQueue<Exception>();
        var childProps = Props.Create(() => new Fragile(TestActor));
        var escalating = new OneForOneStrategy(_ => Directive.Escalate);
        var stopping = new OneForOneStrategy(cause =>
        {
            failures.Enqueue(cause);
            return Directive.Stop;
        });
        var middle = Props.Create(() => new Parent(childProps, escalating));
        var top = Sys.ActorOf(Props.Create(() => new Parent(middle, stopping)));
        var parent = await top.Ask<IActorRef>(new Parent.GetChild(), Patience);
        var child = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);
        await ExpectMsgAsync("PreStart", Patience);
        Watch(parent);

        child.Tell(Boom);

        await ExpectMsgAsync("PostStop", Patience);
        await ExpectTerminatedAsync(parent, Patience);
        Assert.Same(Boom, Assert.Single(failures));
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
    public async Task The_default_strategy_restarts_and_stops_what_cannot_start_or_was_killed()
    {
        var restarting = Sys.ActorOf(Props.Create(() => new Fragile(TestActor)));
        var killed = Sys.ActorOf(Props.Create(() => new Echo()));
        var unmade = Sys.ActorOf(Props.Create(() => new FailingToStart()));

        restarting.Tell(Boom);
        killed.Tell(Kill.Instance);

        Assert.Equal("alive", await restarting.Ask<string>("alive", Patience));
        await Terminated(killed);
        await Terminated(unmade);
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

    [Fact]
    public async Task The_budget_is_full_again_when_its_window_has_passed()
    {
        var window = TimeSpan.FromMilliseconds(400);
        var strategy = new OneForOneStrategy(1, window, _ => Directive.Restart);
        var (_, child) = await Supervised(strategy);
        child.Tell(Boom);
        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await AwaitConditionAsync(() => Task.FromResult(clock.Elapsed > window * 1.2), Patience);

        child.Tell(Boom);

        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
    }

    [Fact]
    public async Task No_retries_at_all_means_the_first_failure_stops()
    {
        var strategy = new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart);
        var (_, child) = await Supervised(strategy);

        child.Tell(Boom);

        await Terminated(child);
    }

    [Fact]
    public async Task All_for_one_restarts_the_siblings_too()
    {
        var strategy = new AllForOneStrategy(5, TimeSpan.FromMinutes(1), _ => Directive.Restart);
        var observers = new[] { CreateTestProbe(), CreateTestProbe() };
        var (left, right) = (observers[0].Ref, observers[1].Ref);
        var parent = Sys.ActorOf(Props.Create(() => new Pair(left, right, strategy)));
        var children = await parent.Ask<Pair.Children>("children", Patience);
        foreach (var observer in observers)
            await observer.ExpectMsgAsync("PreStart", Patience);

        children.Left.Tell(Boom);

        await observers[0].ExpectMsgAsync("PreRestart boom on exception", Patience);
        await observers[1].ExpectMsgAsync("PreRestart boom on nothing", Patience);
        Assert.Equal("alive", await children.Left.Ask<string>("alive", Patience));
        Assert.Equal("alive", await children.Right.Ask<string>("alive", Patience));
    }

    [Fact]
    public async Task All_for_one_stops_the_siblings_too()
    {
        var strategy = new AllForOneStrategy(_ => Directive.Stop);
        var observer = CreateTestProbe().Ref;
        var parent = Sys.ActorOf(Props.Create(() => new Pair(observer, observer, strategy)));
        var children = await parent.Ask<Pair.Children>("children", Patience);

        children.Left.Tell(Boom);

        await Terminated(children.Left);
        await Terminated(children.Right);
    }

    [Fact]
    public async Task A_strategy_in_the_props_takes_the_place_of_the_actors_own()
    {
        var childProps = Props.Create(() => new Fragile(TestActor));
        var parent = Sys.ActorOf(Props.Create(() => new Parent(childProps, SupervisorStrategy.DefaultStrategy))
            .WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy));
        var child = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);

        child.Tell(Boom);

        await Terminated(child);
    }

    private Task<(IActorRef Parent, IActorRef Child)> Supervised(Directive directive) => Supervised(new OneForOneStrategy(_ => directive));

    private async Task<(IActorRef Parent, IActorRef Child)> Supervised(SupervisorStrategy strategy)
    {
        var childProps = Props.Create(() => new Fragile(TestActor));
        var parent = Sys.ActorOf(Props.Create(() => new Parent(childProps, strategy)));
        return (parent, await parent.Ask<IActorRef>(new Parent.GetChild(), Patience));
    }

    private sealed class FailingToStart : ReceiveActor
    {
        protected override void PreStart() => throw Boom;
    }
}
