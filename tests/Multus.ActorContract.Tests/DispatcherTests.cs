namespace Multus.ActorContract.Tests;

public class DispatcherTests() : ContractSpec("""
    my-pinned { type = PinnedDispatcher }
    my-slow { type = Dispatcher, throughput = 1 }
    """)
{
    [Fact]
    public async Task A_pinned_actor_runs_all_its_turns_on_one_thread_also_over_a_restart()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var actor = Sys.ActorOf(Pinned());
        var thread = await actor.Ask<Thread>("thread", Patience);

        for (var i = 0; i < 100; i++)
            Assert.Same(thread, await actor.Ask<Thread>("thread", Patience));
        actor.Tell(new BoomException("restart"));

        Assert.Same(thread, await actor.Ask<Thread>("thread", Patience));
        Assert.False(thread.IsThreadPoolThread);
    }

    [Fact]
    public async Task Pinned_actors_have_a_thread_each()
    {
        var actors = Enumerable.Range(0, 4).Select(_ => Sys.ActorOf(Pinned())).ToList();

        var threads = await Task.WhenAll(actors.Select(actor => actor.Ask<Thread>("thread", Patience)));

        Assert.Equal(4, threads.Distinct().Count());
    }

    [Fact]
    public async Task The_thread_of_a_pinned_actor_ends_with_it()
    {
        var actor = Sys.ActorOf(Pinned());
        var thread = await actor.Ask<Thread>("thread", Patience);

        Sys.Stop(actor);
        await Terminated(actor);

        await AwaitConditionAsync(() => Task.FromResult(!thread.IsAlive), Patience);
    }

    [Fact]
    public async Task A_pinned_actor_that_blocks_holds_up_nobody_else()
    {
        var gate = new ManualResetEventSlim();
        var blocked = Sys.ActorOf(Pinned());
        blocked.Tell(gate);

        Assert.Equal("alive", await Sys.ActorOf(Props.Create(() => new Echo())).Ask<string>("alive", Patience));
        gate.Set();
        await Barrier(blocked);
    }

    [Fact]
    public async Task An_actor_of_a_configured_dispatcher_works()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()).WithDispatcher("my-slow"));

        for (var i = 0; i < 100; i++)
            actor.Tell(i);
        for (var i = 0; i < 100; i++)
            await ExpectMsgAsync(i, Patience);
    }

    [Fact]
    public void A_dispatcher_that_is_not_configured_is_refused_and_the_name_stays_free()
    {
        var props = Props.Create(() => new Echo());

        Assert.ThrowsAny<ConfigurationException>(() => Sys.ActorOf(props.WithDispatcher("my-missing"), "name"));

        Sys.ActorOf(props, "name");
    }

    private static Props Pinned() => Props.Create(() => new ThreadTeller()).WithDispatcher("my-pinned");

    private sealed class ThreadTeller : ReceiveActor
    {
        public ThreadTeller()
        {
            Receive<string>(_ => Sender.Tell(Thread.CurrentThread));
            Receive<ManualResetEventSlim>(gate => gate.Wait(TimeSpan.FromSeconds(30)));
            Receive<Exception>(cause => throw cause);
        }
    }
}
