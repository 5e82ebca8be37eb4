using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

public class LifecycleTests : ContractSpec
{
    [Fact]
    public async Task PreStart_comes_before_the_first_message_and_PostStop_after_the_last()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Fragile(TestActor)));
        actor.Tell("hello");
        await ExpectMsgAsync("PreStart", Patience);
        await ExpectMsgAsync("hello", Patience);

        Sys.Stop(actor);

        await ExpectMsgAsync("PostStop", Patience);
    }

    [Fact]
    public async Task PoisonPill_stops_after_all_that_was_sent_before_it_and_what_comes_after_is_dead()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new Gated(gate, TestActor)));
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(3);
        gate.Set();

        await ExpectMsgAsync(1, Patience);
        await ExpectMsgAsync(2, Patience);
        Assert.Equal(3, (await ExpectMsgAsync<DeadLetter>(Patience)).Message);
    }

    [Fact]
    public async Task Stop_lets_the_message_in_hand_finish_and_nothing_after_it()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new StoppingItself(gate, TestActor)));
        actor.Tell("stop");
        actor.Tell(2);
        gate.Set();

        await ExpectMsgAsync("finished", Patience);
        Assert.Equal(2, (await ExpectMsgAsync<DeadLetter>(Patience)).Message);
    }

    [Fact]
    public async Task Children_stop_before_the_PostStop_of_their_parent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new ReportingFamily(TestActor, 3)));
        await Barrier(parent);
        Watch(parent);

        Sys.Stop(parent);

        var order = new List<string>();
        while (await ReceiveOneAsync(Patience) is string path)
            order.Add(path);
        Assert.Equal(15, order.Count);
        Assert.IsType<Terminated>(LastMessage);
        Assert.All(order, (path, at) => Assert.DoesNotContain(order.Skip(at + 1), later => later.StartsWith(path + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task GracefulStop_says_whether_the_actor_stopped_in_time()
    {
        var gate = new ManualResetEventSlim();
        var quick = Sys.ActorOf(Props.Create(() => new Echo()));
        var stuck = Sys.ActorOf(Props.Create(() => new Gated(gate, TestActor)));
        stuck.Tell(1);

        Assert.True(await quick.GracefulStop(Patience));
        Assert.False(await stuck.GracefulStop(TimeSpan.FromMilliseconds(30)));
        gate.Set();
        await Terminated(stuck);
    }

    [Fact]
    public async Task Stopped_under_load_an_actor_has_handled_each_message_or_it_is_a_dead_letter_once()
    {
        const int Producers = 4;
        const int PerProducer = 3_000;
        var handled = new ConcurrentBag<int>();
        var dead = CreateTestProbe();
        Sys.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));
        using var silence = EventFilter.Info().Mute();
        var actor = Sys.ActorOf(Props.Create(() => new Counting(handled)));

        var producing = Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < PerProducer; i++)
            {
                actor.Tell(producer * PerProducer + i, ActorRefs.NoSender);
                if (producer == 0 && i == PerProducer / 2)
                    Sys.Stop(actor);
            }
        })));
        await producing;
        await Terminated(actor);

        var buried = new List<int>();
        while (handled.Count + buried.Count < Producers * PerProducer)
            buried.Add((int)(await dead.ExpectMsgAsync<DeadLetter>(Patience)).Message);
        await dead.ExpectNoMsgAsync(Moment);
        Assert.Equal(Enumerable.Range(0, Producers * PerProducer), handled.Concat(buried).Order());
    }

    [Fact]
    public async Task However_tells_race_with_the_end_every_message_is_accounted_for()
    {
        const int Rounds = 400;
        const int PerRound = 20;
        var handled = new ConcurrentBag<int>();
        var buried = new ConcurrentBag<int>();
        var burial = Sys.ActorOf(Props.Create(() => new Burying(buried)));
        Sys.EventStream.Subscribe(burial, typeof(DeadLetter));
        using var silence = EventFilter.Info().Mute();
        using var start = new Barrier(2);
        var actors = Enumerable.Range(0, Rounds).Select(_ => Sys.ActorOf(Props.Create(() => new Counting(handled)))).ToList();

        await Task.WhenAll(
            Alone(() =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    start.SignalAndWait();
                    for (var i = 0; i < PerRound; i++)
                        actors[round].Tell(round * PerRound + i, ActorRefs.NoSender);
                }
            }),
            Alone(() =>
            {
                foreach (var actor in actors)
                {
                    start.SignalAndWait();
                    actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
                }
            }));

        await AwaitConditionAsync(() => Task.FromResult(handled.Count + buried.Count == Rounds * PerRound), Patience);
        Assert.Equal(Enumerable.Range(0, Rounds * PerRound), handled.Concat(buried).Order());
    }

    [Fact]
    public async Task A_system_ends_once_all_its_actors_have_and_can_be_told_so_more_than_once()
    {
        var system = ActorSystem.Create("ending");
        var ended = new TaskCompletionSource();
        var actor = system.ActorOf(Props.Create(() => new Ending(ended)));
        await Barrier(actor);

        var first = system.Terminate();
        var second = system.Terminate();

        await Task.WhenAll(first, second, system.WhenTerminated).WaitAsync(Patience);
        Assert.True(ended.Task.IsCompletedSuccessfully);
        Assert.ThrowsAny<InvalidOperationException>(() => system.ActorOf(Props.Create(() => new Echo())));
    }

    private sealed class Gated : ReceiveActor
    {
        public Gated(ManualResetEventSlim gate, IActorRef reportTo) => ReceiveAny(message =>
        {
            gate.Wait(TimeSpan.FromSeconds(30));
            reportTo.Tell(message);
        });
    }

    private sealed class StoppingItself : ReceiveActor
    {
        public StoppingItself(ManualResetEventSlim gate, IActorRef reportTo) => ReceiveAny(_ =>
        {
            gate.Wait(TimeSpan.FromSeconds(30));
            Context.Stop(Self);
            reportTo.Tell("finished");
        });
    }

    private sealed class ReportingFamily : ReceiveActor
    {
        private readonly IActorRef _reportTo;

        public ReportingFamily(IActorRef reportTo, int depth)
        {
            _reportTo = reportTo;
            for (var i = 0; depth > 0 && i < 2; i++)
                Context.ActorOf(Props.Create(() => new ReportingFamily(reportTo, depth - 1)));
        }

        protected override void PostStop() => _reportTo.Tell(Self.Path.ToString());
    }

    private static Task Alone(Action code) =>
        Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Burying : ReceiveActor
    {
        public Burying(ConcurrentBag<int> buried) => Receive<DeadLetter>(letter =>
        {
            if (letter.Message is int number)
                buried.Add(number);
        });
    }

    private sealed class Counting : ReceiveActor
    {
        public Counting(ConcurrentBag<int> handled) => Receive<int>(handled.Add);
    }

    private sealed class Ending(TaskCompletionSource ended) : ReceiveActor
    {
        protected override void PostStop() => ended.SetResult();
    }
}
