namespace Multus.ActorContract.Tests;

public class DispatcherTests() : ContractSpec("my-pinned { type = PinnedDispatcher }")
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

    private static Props Pinned() => Props.Create(() => new ThreadTeller()).WithDispatcher("my-pinned");

    private sealed class ThreadTeller : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Exception cause)
                throw cause;
            Sender.Tell(Thread.CurrentThread);
        }
    }
}
