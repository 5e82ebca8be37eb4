using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

public class MessageTests : ContractSpec
{
    private const int Producers = 4;
    private const int PerProducer = 2_000;

    [Fact]
    public async Task Messages_of_each_sender_arrive_in_order_and_no_two_turns_overlap()
    {
        var done = new TaskCompletionSource();
        var problems = new ConcurrentQueue<string>();
        var actor = Sys.ActorOf(Props.Create(() => new OrderChecker(problems, done)));

        await Task.WhenAll(
            Enumerable
                .Range(0, Producers)
                .Select(producer =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < PerProducer; i++)
                            actor.Tell(new Numbered(producer, i), ActorRefs.NoSender);
                    })
                )
        );

        await done.Task.WaitAsync(Patience);
        Assert.Empty(problems);
    }

    [Fact]
    public async Task A_forwarded_message_has_the_sender_that_it_had()
    {
        var target = CreateTestProbe();
        var forwarder = Sys.ActorOf(Props.Create(() => new Forwarder(target.Ref)));

        forwarder.Tell("on", TestActor);

        await target.ExpectMsgAsync("on", Patience);
        Assert.Equal(TestActor, target.Sender);
    }

    [Fact]
    public async Task What_a_behaviour_does_not_take_is_published_as_unhandled_and_the_actor_lives()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell(4711);

        Assert.Equal(4711, (await ExpectMsgAsync<UnhandledMessage>(Patience)).Message);
        Assert.Equal("idle", await actor.Ask<string>("who", Patience));
    }

    [Fact]
    public async Task Become_replaces_the_behaviour_and_a_restart_begins_with_the_first_again()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell("switch");
        Assert.Equal("busy", await actor.Ask<string>("who", Patience));
        actor.Tell("fail");

        Assert.Equal("idle", await actor.Ask<string>("who", Patience));
    }

    [Fact]
    public async Task Stop_lets_the_message_in_hand_finish_and_what_is_behind_it_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        using var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new StoppingItself(gate, TestActor)));
        actor.Tell("stop");
        actor.Tell(2);
        gate.Set();

        await ExpectMsgAsync("finished", Patience);
        Assert.Equal(2, (await ExpectMsgAsync<DeadLetter>(Patience)).Message);
    }

    /// <summary>Parents answer in their PostStop for what their children have given up by then.</summary>
    [Fact]
    public async Task Children_stop_before_the_PostStop_of_their_parent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new ReportingFamily(TestActor, 2)), "top");
        await Barrier(parent);

        Sys.Stop(parent);

        var order = (await ReceiveNAsync(3, Patience, CancellationToken.None).ToListAsync()).Cast<string>();
        Assert.Equal(["/user/top/child/child", "/user/top/child", "/user/top"], order);
    }

    /// <summary>Why our actors pipe: a semaphore, a lease, a buffer would be lost.</summary>
    [Fact]
    public async Task An_actor_that_is_stopped_at_an_await_of_its_handler_never_runs_the_rest_not_even_finally()
    {
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var actor = Sys.ActorOf(Props.Create(() => new Awaiting(reached, gate.Task, TestActor)));
        actor.Tell("await");
        await reached.Task.WaitAsync(Patience);

        Sys.Stop(actor);
        await Terminated(actor);
        gate.SetResult();

        await ExpectNoMsgAsync(Moment);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789ABCDEF")]
    [InlineData("a_b.c-d")]
    [InlineData("_x")]
    [InlineData(".x")]
    [InlineData("-x")]
    [InlineData("=status")]
    [InlineData("a%20b-0")]
    public void Container_ids_and_what_we_call_children_can_be_names(string name) =>
        Assert.Equal(name, Sys.ActorOf(Props.Create(() => new Echo()), name).Path.Name);

    [Theory]
    [InlineData("$mine")]
    [InlineData("a/b")]
    [InlineData("with blank")]
    public void A_name_that_no_path_can_hold_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Echo()), name));

    private sealed record Numbered(int Producer, int Number);

    private sealed class OrderChecker(ConcurrentQueue<string> problems, TaskCompletionSource done) : UntypedActor
    {
        private readonly int[] _next = new int[Producers];
        private int _inTurn;
        private int _total;

        protected override void OnReceive(object message)
        {
            var numbered = (Numbered)message;
            if (Interlocked.Exchange(ref _inTurn, 1) != 0)
                problems.Enqueue("two turns at once");
            if (numbered.Number != _next[numbered.Producer]++)
                problems.Enqueue($"{numbered} out of order");
            Volatile.Write(ref _inTurn, 0);
            if (++_total == Producers * PerProducer)
                done.SetResult();
        }
    }

    private sealed class Forwarder(IActorRef target) : UntypedActor
    {
        protected override void OnReceive(object message) => target.Forward(message);
    }

    private sealed class Switching : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "who":
                    Sender.Tell("idle");
                    break;
                case "switch":
                    Become(Busy);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }

        private void Busy(object message)
        {
            if (message is "fail")
                throw new BoomException("fail");
            Sender.Tell("busy");
        }
    }

    private sealed class StoppingItself(ManualResetEventSlim gate, IActorRef reportTo) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            gate.Wait(Patience);
            Context.Stop(Self);
            reportTo.Tell("finished");
        }
    }

    private sealed class ReportingFamily : UntypedActor
    {
        private readonly IActorRef _reportTo;

        public ReportingFamily(IActorRef reportTo, int depth)
        {
            _reportTo = reportTo;
            if (depth > 0)
                Context.ActorOf(Props.Create(() => new ReportingFamily(reportTo, depth - 1)), "child");
        }

        protected override void OnReceive(object message) => Unhandled(message);

        protected override void PostStop() => _reportTo.Tell(Self.Path.ToStringWithoutAddress());
    }

    private sealed class Awaiting : ReceiveActor
    {
        public Awaiting(TaskCompletionSource reached, Task gate, IActorRef reportTo) =>
            ReceiveAsync<string>(async _ =>
            {
                try
                {
                    reached.SetResult();
                    await gate;
                }
                finally
                {
                    reportTo.Tell("finally");
                }
            });
    }
}
