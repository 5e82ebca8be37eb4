using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

public class DeathWatchTests : ContractSpec
{
    [Fact]
    public async Task A_watcher_is_told_once_of_the_end_and_watching_twice_changes_nothing()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Watch(actor);
        Watch(actor);

        Sys.Stop(actor);

        var terminated = await ExpectTerminatedAsync(actor, Patience);
        Assert.True(terminated.ExistenceConfirmed);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task Who_watches_a_stopped_actor_is_told_at_once()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Sys.Stop(actor);
        await Terminated(actor);

        Watch(actor);

        await ExpectTerminatedAsync(actor, Patience);
    }

    [Fact]
    public async Task A_restart_is_no_end()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var observer = CreateTestProbe().Ref;
        var actor = Sys.ActorOf(Props.Create(() => new Fragile(observer)));
        Watch(actor);

        actor.Tell(new BoomException("b"));
        actor.Tell("alive");

        await ExpectMsgAsync("alive", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task WatchWith_tells_the_message_that_was_given()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(TestActor)));
        watcher.Tell(new Watcher.With(subject, "gone"));
        await Barrier(watcher);

        Sys.Stop(subject);

        await ExpectMsgAsync("gone", Patience);
    }

    [Fact]
    public async Task Who_is_watched_already_keeps_the_message_of_the_first_time()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(TestActor)));
        watcher.Tell(new Watcher.With(subject, "one"));
        watcher.Tell(new Watcher.With(subject, "two"));
        await Barrier(watcher);

        Sys.Stop(subject);

        await ExpectMsgAsync("one", Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task After_unwatch_nothing_is_delivered_not_even_what_is_in_the_mailbox_already()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        var gate = new ManualResetEventSlim();
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(TestActor)));
        watcher.Tell(new Watcher.Plain(subject));
        await Barrier(watcher);
        watcher.Tell(new Watcher.Wait(gate));
        watcher.Tell(new Watcher.Without(subject));
        Sys.Stop(subject);
        await Terminated(subject);

        gate.Set(); // now the word goes into the mailbox, behind the message that unwatches
        await Barrier(watcher);

        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task Who_does_not_handle_the_death_it_asked_for_dies_of_it()
    {
        await EventFilter.Exception<DeathPactException>().ExpectOneAsync(async () =>
        {
            var subject = Sys.ActorOf(Props.Create(() => new Echo()));
            var careless = Sys.ActorOf(Props.Create(() => new Careless(subject)));
            await Barrier(careless);

            Sys.Stop(subject);

            await Terminated(careless);
        });
    }

    [Fact]
    public async Task A_parent_that_watches_its_child_can_give_its_name_again_when_told()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Replacing(TestActor)));

        for (var i = 0; i < 50; i++)
        {
            parent.Tell("replace");
            await ExpectMsgAsync("replaced", Patience);
        }
    }

    [Fact]
    public async Task However_watch_and_stop_race_there_is_exactly_one_word_of_the_end()
    {
        const int Rounds = 1_000;
        var words = new ConcurrentDictionary<IActorRef, int>();
        var all = new CountdownEvent(Rounds);
        var watcher = Sys.ActorOf(Props.Create(() => new CountingWatcher(words, all)));
        var subjects = Enumerable.Range(0, Rounds).Select(_ => Sys.ActorOf(Props.Create(() => new Echo()))).ToList();

        await Task.WhenAll(
            Task.Run(() => subjects.ForEach(subject => watcher.Tell(new CountingWatcher.WatchIt(subject), ActorRefs.NoSender))),
            Task.Run(() => subjects.ForEach(Sys.Stop)));

        await Task.Run(() => Assert.True(all.Wait(Patience)));
        await Barrier(watcher);
        Assert.Equal(Rounds, words.Count);
        Assert.All(words.Values, times => Assert.Equal(1, times));
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef reportTo)
        {
            Receive<Plain>(watch => Context.Watch(watch.Subject));
            Receive<With>(watch => Context.WatchWith(watch.Subject, watch.Message));
            Receive<Wait>(wait => wait.Gate.Wait(TimeSpan.FromSeconds(30)));
            Receive<Without>(unwatch => Context.Unwatch(unwatch.Subject));
            Receive<Terminated>(_ => reportTo.Tell("unwanted"));
            ReceiveAny(message => reportTo.Tell(message));
        }

        public sealed record Plain(IActorRef Subject);

        public sealed record With(IActorRef Subject, object Message);

        public sealed record Wait(ManualResetEventSlim Gate);

        public sealed record Without(IActorRef Subject);
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef subject) => Context.Watch(subject);
    }

    private sealed class Replacing : ReceiveActor
    {
        public Replacing(IActorRef reportTo)
        {
            MakeChild();
            Receive<string>(_ => Context.Stop(Context.Child("child")));
            Receive<Terminated>(_ =>
            {
                MakeChild();
                reportTo.Tell("replaced");
            });
        }

        private static void MakeChild() => Context.Watch(Context.ActorOf(Props.Create(() => new Echo()), "child"));
    }

    private sealed class CountingWatcher : ReceiveActor
    {
        public CountingWatcher(ConcurrentDictionary<IActorRef, int> words, CountdownEvent all)
        {
            Receive<WatchIt>(watch => Context.Watch(watch.Subject));
            Receive<Terminated>(terminated =>
            {
                words.AddOrUpdate(terminated.ActorRef, 1, (_, times) => times + 1);
                if (all.CurrentCount > 0)
                    all.Signal();
            });
        }

        public sealed record WatchIt(IActorRef Subject);
    }
}
