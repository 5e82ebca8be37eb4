namespace Multus.ActorContract.Tests;

public class StashTests : ContractSpec
{
    [Fact]
    public async Task Unstashed_messages_come_in_order_before_those_that_wait_with_the_sender_they_had()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(TestActor)));
        var stranger = CreateTestProbe();
        actor.Tell(1, stranger.Ref);
        actor.Tell(2, stranger.Ref);
        actor.Tell("open then 3");

        await ExpectMsgAsync((1, stranger.Ref), Patience);
        await ExpectMsgAsync((2, stranger.Ref), Patience);
        await ExpectMsgAsync((3, actor), Patience);
    }

    [Fact]
    public async Task Unstash_gives_back_the_oldest_only()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(TestActor)));
        actor.Tell(1, ActorRefs.NoSender);
        actor.Tell(2, ActorRefs.NoSender);

        actor.Tell("open one");
        await ExpectMsgAsync((1, Sys.DeadLetters), Patience);
        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task One_message_cannot_be_stashed_twice()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashingTwice(TestActor)));

        actor.Tell("x");

        await ExpectMsgAsync<IllegalActorStateException>(Patience);
    }

    [Fact]
    public async Task A_message_can_be_stashed_again_after_it_was_given_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(TestActor)));
        actor.Tell(1, ActorRefs.NoSender);

        actor.Tell("again");
        actor.Tell("open");

        await ExpectMsgAsync((1, Sys.DeadLetters), Patience);
    }

    [Fact]
    public async Task On_a_restart_what_is_stashed_goes_back_to_the_mailbox()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(TestActor)));
        actor.Tell(1, ActorRefs.NoSender);
        actor.Tell(2, ActorRefs.NoSender);

        actor.Tell("fail");
        actor.Tell("open");

        await ExpectMsgAsync((1, Sys.DeadLetters), Patience);
        await ExpectMsgAsync((2, Sys.DeadLetters), Patience);
    }

    [Fact]
    public async Task On_stop_what_is_stashed_ends_in_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(TestActor)));
        actor.Tell(1);
        await Barrier(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.Stop(actor);

        Assert.Equal(1, (await ExpectMsgAsync<DeadLetter>(Patience)).Message);
    }

    [Fact]
    public async Task The_death_of_a_watched_actor_can_be_stashed()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Echo()));
        var actor = Sys.ActorOf(Props.Create(() => new StashingDeath(subject, TestActor)));
        await Barrier(actor);
        Sys.Stop(subject);
        await Terminated(subject);
        await Barrier(actor);

        actor.Tell("open");

        Assert.Equal(subject, await ExpectMsgAsync<IActorRef>(Patience));
    }

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing(IActorRef reportTo)
        {
            Receive<string>(text => text == "open", _ => Open(reportTo));
            Receive<string>(text => text == "open one", _ =>
            {
                Become(() => Receive<int>(number => reportTo.Tell((number, Sender))));
                Stash.Unstash();
            });
            Receive<string>(text => text == "open then 3", _ =>
            {
                Self.Tell(3);
                Open(reportTo);
            });
            Receive<string>(text => text == "again", _ => Stash.UnstashAll());
            Receive<string>(text => text == "fail", _ => throw new BoomException("fail"));
            Receive<int>(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open(IActorRef reportTo)
        {
            Become(() => Receive<int>(number => reportTo.Tell((number, Sender))));
            Stash.UnstashAll();
        }
    }

    private sealed class StashingTwice : ReceiveActor, IWithUnboundedStash
    {
        public StashingTwice(IActorRef reportTo) => ReceiveAny(_ =>
        {
            Stash.Stash();
            try
            {
                Stash.Stash();
            }
            catch (IllegalActorStateException x)
            {
                reportTo.Tell(x);
            }
        });

        public IStash Stash { get; set; } = null!;
    }

    private sealed class StashingDeath : ReceiveActor, IWithUnboundedStash
    {
        public StashingDeath(IActorRef subject, IActorRef reportTo)
        {
            Context.Watch(subject);
            Receive<Terminated>(_ => Stash.Stash());
            Receive<string>(_ =>
            {
                Become(() => Receive<Terminated>(terminated => reportTo.Tell(terminated.ActorRef)));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!;
    }
}
