namespace Multus.ActorContract.Tests;

public class TellTests : ContractSpec
{
    private const int Producers = 8;
    private const int PerProducer = 4_000;

    [Fact]
    public async Task Messages_of_each_sender_arrive_in_order_and_no_two_turns_overlap_under_contention()
    {
        var done = new TaskCompletionSource();
        var trip = new Tripwire();
        var actor = Sys.ActorOf(Props.Create(() => new OrderChecker(trip, done)));

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < PerProducer; i++)
                actor.Tell(new Numbered(producer, i), ActorRefs.NoSender);
        })));

        await done.Task.WaitAsync(Patience);
        Assert.Empty(trip.Problems);
    }

    [Fact]
    public async Task Threads_that_wake_an_idle_actor_together_give_it_one_turn_at_a_time()
    {
        const int Rounds = 1_000;
        const int Threads = 3;
        var trip = new Tripwire();
        var actor = Sys.ActorOf(Props.Create(() => new Drowsy(trip)));
        using var start = new Barrier(Threads);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    start.SignalAndWait();
                    actor.Tell("wake", ActorRefs.NoSender);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        await ContractSpec.Barrier(actor);

        Assert.Empty(trip.Problems);
        Assert.Equal(Rounds * Threads, trip.Turns);
    }

    [Fact]
    public async Task Many_actors_pass_many_messages_around_without_losing_one()
    {
        const int Actors = 50;
        const int Tokens = 20;
        const int Rounds = 40;
        var done = new CountdownEvent(Tokens);
        var ring = new List<IActorRef>();
        for (var i = 0; i < Actors; i++)
            ring.Add(Sys.ActorOf(Props.Create(() => new RingMember(done))));
        for (var i = 0; i < Actors; i++)
            ring[i].Tell(new RingMember.Next(ring[(i + 1) % Actors]));

        for (var token = 0; token < Tokens; token++)
            ring[token % Actors].Tell(new RingMember.Token(Actors * Rounds));

        await Task.Run(() => Assert.True(done.Wait(Patience)));
    }

    [Fact]
    public void A_tell_from_an_actor_has_that_actor_as_sender_and_a_forward_has_the_one_before()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        var forwarder = Sys.ActorOf(Props.Create(() => new Forwarder(TestActor)));

        echo.Tell("direct");
        ExpectMsg("direct", Patience);
        Assert.Equal(echo, LastSender);

        forwarder.Tell("on", echo);
        ExpectMsg("on", Patience);
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public async Task A_message_from_nobody_has_dead_letters_as_sender()
    {
        var actor = Sys.ActorOf(Props.Create(() => new SenderReporter(TestActor)));

        actor.Tell("hello", ActorRefs.NoSender);

        Assert.Equal(Sys.DeadLetters, (await ExpectMsgAsync<SenderReporter.From>(Patience)).Sender);
    }

    [Fact]
    public void A_null_message_is_refused() =>
        Assert.ThrowsAny<ArgumentNullException>(() => TestActor.Tell(null!, ActorRefs.NoSender));

    [Fact]
    public void References_to_one_incarnation_are_equal_and_to_the_next_are_not()
    {
        var first = Sys.ActorOf(Props.Create(() => new Echo()), "same-name");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first, Patience);
        IActorRef second = null!;
        AwaitAssert(() => second = Sys.ActorOf(Props.Create(() => new Echo()), "same-name"), Patience);

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    private sealed record Numbered(int Producer, int Number);

    private sealed class Tripwire
    {
        public List<string> Problems { get; } = [];

        public int InTurn;

        public int Turns;
    }

    private sealed class Drowsy : ReceiveActor
    {
        public Drowsy(Tripwire trip) => Receive<string>(_ =>
        {
            if (Interlocked.Exchange(ref trip.InTurn, 1) != 0)
                trip.Problems.Add("two turns at once");
            trip.Turns++;
            Thread.SpinWait(20);
            Volatile.Write(ref trip.InTurn, 0);
        });
    }

    private sealed class OrderChecker : ReceiveActor
    {
        private readonly int[] _next = new int[Producers];
        private int _total;

        public OrderChecker(Tripwire trip, TaskCompletionSource done) => Receive<Numbered>(message =>
        {
            if (Interlocked.Exchange(ref trip.InTurn, 1) != 0)
                trip.Problems.Add("two turns at once");
            if (message.Number != _next[message.Producer]++)
                trip.Problems.Add($"{message} out of order");
            if (_total % 64 == 0)
                Thread.Yield();
            Volatile.Write(ref trip.InTurn, 0);
            if (++_total == Producers * PerProducer)
                done.SetResult();
        });
    }

    private sealed class RingMember : ReceiveActor
    {
        private IActorRef _next = ActorRefs.Nobody;

        public RingMember(CountdownEvent done)
        {
            Receive<Next>(next => _next = next.Member);
            Receive<Token>(token =>
            {
                if (token.Hops == 0)
                    done.Signal();
                else
                    _next.Tell(new Token(token.Hops - 1));
            });
        }

        public sealed record Next(IActorRef Member);

        public sealed record Token(int Hops);
    }

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef target) => ReceiveAny(message => target.Forward(message));
    }

    private sealed class SenderReporter : ReceiveActor
    {
        public SenderReporter(IActorRef reportTo) => ReceiveAny(_ => reportTo.Tell(new From(Sender)));

        public sealed record From(IActorRef Sender);
    }
}
