using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

/// <summary>What a restart keeps, and how it goes on when something goes wrong in it.</summary>
public class RestartTests : ContractSpec
{
    private static readonly BoomException Boom = new("boom");

    public RestartTests() => EventFilter.Error().And.Warning().Mute();

    [Fact]
    public async Task A_child_that_its_parent_keeps_over_a_restart_is_restarted_too()
    {
        var parent = Sys.ActorOf(Props.Create(() => new KeepingParent(TestActor)));
        var before = await parent.Ask<IActorRef>("child", Patience);
        await ExpectMsgAsync("PreStart", Patience);

        parent.Tell(Boom);

        await ExpectMsgAsync("PreRestart boom on nothing", Patience);
        await FishForMessageAsync(message => message is "PreStart", Patience);
        Assert.Equal(before, await parent.Ask<IActorRef>("child", Patience));
        Assert.Equal("alive", await before.Ask<string>("alive", Patience));
    }

    [Fact]
    public async Task A_kept_child_lives_on_when_its_parent_needs_two_tries_to_come_back()
    {
        var attempts = new Attempts(failFrom: 2, failTo: 2);
        var parentProps = Props.Create(() => new KeepingParentWithAttempts(attempts));
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        var top = Sys.ActorOf(Props.Create(() => new Parent(parentProps, strategy)));
        var parent = await top.Ask<IActorRef>(new Parent.GetChild(), Patience);
        var child = await parent.Ask<IActorRef>("child", Patience);

        parent.Tell(Boom);

        Assert.Equal(child, await parent.Ask<IActorRef>("child", Patience));
        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
        Assert.Equal(3, attempts.Made);
    }

    [Fact]
    public async Task While_a_restart_waits_for_the_children_to_stop_no_message_is_handled()
    {
        var gate = new ManualResetEventSlim();
        var strategy = new AllForOneStrategy(_ => Directive.Restart);
        var parent = Sys.ActorOf(Props.Create(() => new SlowPair(gate, strategy)));
        var children = await parent.Ask<Pair.Children>("children", Patience);
        var before = await children.Right.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience);

        children.Left.Tell(Boom);
        await AwaitConditionAsync(() => Task.FromResult(SlowToStop.IsStopping(gate)), Patience);
        var asking = children.Right.Ask<Fragile.Instance>(new Fragile.GetInstance(), Patience);
        await Assert.ThrowsAsync<TimeoutException>(() => asking.WaitAsync(Moment));
        gate.Set();

        Assert.NotSame(before.Value, (await asking).Value);
    }

    [Fact]
    public async Task A_restart_whose_new_instance_cannot_be_made_is_a_failure_of_its_own()
    {
        var causes = new ConcurrentQueue<Exception>();
        var strategy = new OneForOneStrategy(cause =>
        {
            causes.Enqueue(cause);
            return causes.Count < 4 ? Directive.Restart : Directive.Stop;
        });
        var attempts = new Attempts(failFrom: 2, failTo: 3);
        var childProps = Props.Create(() => new FailingAtAttempt(attempts));
        var parent = Sys.ActorOf(Props.Create(() => new Parent(childProps, strategy)));
        var child = await parent.Ask<IActorRef>(new Parent.GetChild(), Patience);
        await Barrier(child);

        child.Tell(Boom);

        Assert.Equal("alive", await child.Ask<string>("alive", Patience));
        Assert.Equal(4, attempts.Made);
        Assert.IsType<BoomException>(causes.First());
        Assert.All(causes.Skip(1), cause => Assert.IsAssignableFrom<ActorInitializationException>(cause));
    }

    [Fact]
    public async Task What_PreRestart_throws_does_not_hold_up_the_restart()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailingInPreRestart()));

        actor.Tell(Boom);

        Assert.Equal("alive", await actor.Ask<string>("alive", Patience));
    }

    [Fact]
    public async Task Over_restarts_under_load_no_message_is_lost_or_handled_twice()
    {
        const int Producers = 4;
        const int PerProducer = 2_500;
        var seen = new ConcurrentDictionary<int, int>();
        var instances = new InstanceCount();
        var actor = Sys.ActorOf(Props.Create(() => new FailingNowAndThen(seen, instances)));

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < PerProducer; i++)
                actor.Tell(producer * PerProducer + i, ActorRefs.NoSender);
        })));
        await Barrier(actor);

        Assert.Equal(Producers * PerProducer, seen.Count);
        Assert.All(seen.Values, times => Assert.Equal(1, times));
        Assert.Equal(1 + seen.Keys.Count(FailingNowAndThen.Fails), instances.Value);
    }

    private sealed class InstanceCount
    {
        public int Value;
    }

    private sealed class FailingNowAndThen : ReceiveActor
    {
        public FailingNowAndThen(ConcurrentDictionary<int, int> seen, InstanceCount instances)
        {
            instances.Value++;
            Receive<int>(number =>
            {
                seen.AddOrUpdate(number, 1, (_, times) => times + 1);
                if (Fails(number))
                    throw Boom;
            });
        }

        public static bool Fails(int number) => number % 101 == 0;
    }

    private sealed class Attempts(int failFrom, int failTo)
    {
        public int Made { get; private set; }

        public void Next()
        {
            if (++Made >= failFrom && Made <= failTo)
                throw new BoomException($"attempt {Made}");
        }
    }

    private sealed class FailingAtAttempt : ReceiveActor
    {
        public FailingAtAttempt(Attempts attempts)
        {
            attempts.Next();
            Receive<Exception>(cause => throw cause);
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class FailingInPreRestart : ReceiveActor
    {
        public FailingInPreRestart()
        {
            Receive<Exception>(cause => throw cause);
            ReceiveAny(message => Sender.Tell(message));
        }

        protected override void PreRestart(Exception reason, object? message) => throw new BoomException("in PreRestart");
    }

    private sealed class KeepingParent : ReceiveActor
    {
        private readonly IActorRef _observer;

        public KeepingParent(IActorRef observer)
        {
            _observer = observer;
            Receive<string>(_ => Sender.Tell(Context.Child("kept")));
            Receive<Exception>(cause => throw cause);
        }

        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Fragile(_observer)), "kept");

        protected override void PreRestart(Exception reason, object? message)
        {
        }

        protected override void PostRestart(Exception reason)
        {
        }
    }

    private sealed class KeepingParentWithAttempts : ReceiveActor
    {
        public KeepingParentWithAttempts(Attempts attempts)
        {
            attempts.Next();
            Receive<string>(_ => Sender.Tell(Context.Child("kept")));
            Receive<Exception>(cause => throw cause);
        }

        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Echo()), "kept");

        protected override void PreRestart(Exception reason, object? message)
        {
        }

        protected override void PostRestart(Exception reason)
        {
        }
    }

    private sealed class SlowToStop(ManualResetEventSlim gate) : ReceiveActor
    {
        private static readonly ConcurrentDictionary<ManualResetEventSlim, bool> Stopping = new();

        public static bool IsStopping(ManualResetEventSlim gate) => Stopping.ContainsKey(gate);

        protected override void PostStop()
        {
            Stopping[gate] = true;
            gate.Wait(TimeSpan.FromSeconds(30));
        }
    }

    private sealed class WithSlowChild : ReceiveActor
    {
        public WithSlowChild(ManualResetEventSlim gate)
        {
            Context.ActorOf(Props.Create(() => new SlowToStop(gate)));
            Receive<Fragile.GetInstance>(_ => Sender.Tell(new Fragile.Instance(this)));
        }
    }

    private sealed class SlowPair : ReceiveActor
    {
        private readonly SupervisorStrategy _strategy;

        public SlowPair(ManualResetEventSlim gate, SupervisorStrategy strategy)
        {
            _strategy = strategy;
            var nobody = Context.System.DeadLetters;
            var children = new Pair.Children(
                Context.ActorOf(Props.Create(() => new Fragile(nobody))), Context.ActorOf(Props.Create(() => new WithSlowChild(gate))));
            ReceiveAny(_ => Sender.Tell(children));
        }

        protected override SupervisorStrategy SupervisorStrategy() => _strategy;
    }
}
