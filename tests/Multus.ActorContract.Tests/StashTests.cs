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

    private sealed class Stashing(IActorRef reportTo) : UntypedActor, IWithUnboundedStash
    {
        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case int:
                    Stash.Stash();
                    break;
                case "fail":
                    throw new BoomException("fail");
                case "open":
                    Open();
                    break;
                case "open then 3":
                    Self.Tell(3);
                    Open();
                    break;
            }
        }

        private void Open()
        {
            Become(message => reportTo.Tell(((int)message, Sender)));
            Stash.UnstashAll();
        }
    }
}

public class StashedTimerTests : VirtualTimeSpec
{
    /// <summary>So an actor of ours has timers or a stash, never both.</summary>
    [Fact]
    public async Task A_tick_that_was_stashed_comes_although_its_timer_was_cancelled_meanwhile()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashingTicks(TestActor)));
        await Barrier(actor);
        VirtualTime.Advance(Second);
        await Barrier(actor);

        actor.Tell("cancel and open");

        await ExpectMsgAsync(7, Patience);
    }

    private sealed class StashingTicks(IActorRef reportTo) : UntypedActor, IWithTimers, IWithUnboundedStash
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", 7, Second);

        protected override void OnReceive(object message)
        {
            if (message is int)
            {
                Stash.Stash();
                return;
            }

            Timers.Cancel("key");
            Become(reportTo.Tell);
            Stash.UnstashAll();
        }
    }
}
