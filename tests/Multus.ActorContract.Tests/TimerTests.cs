namespace Multus.ActorContract.Tests;

public class TimerTests : VirtualTimeSpec
{
    [Fact]
    public async Task A_single_timer_fires_once_when_its_time_has_come()
    {
        var actor = await Started(timers => timers.StartSingleTimer("key", "tick", Second));

        VirtualTime.Advance(Second / 2);
        await Barrier(actor);
        Assert.False(HasMessages);
        VirtualTime.Advance(Second / 2);
        await ExpectMsgAsync("tick", Patience);

        VirtualTime.Advance(Second * 10);
        await Barrier(actor);
        Assert.False(HasMessages);
        Assert.False(await actor.Ask<bool>(new Timing.IsActive("key"), Patience));
    }

    [Fact]
    public async Task A_periodic_timer_fires_again_and_again_until_it_is_cancelled()
    {
        var actor = await Started(timers => timers.StartPeriodicTimer("key", "tick", Second));

        for (var i = 0; i < 3; i++)
        {
            VirtualTime.Advance(Second);
            await ExpectMsgAsync("tick", Patience);
        }

        Assert.True(await actor.Ask<bool>(new Timing.IsActive("key"), Patience));
        await Run(actor, timers => timers.Cancel("key"));
        VirtualTime.Advance(Second);
        await Barrier(actor);
        Assert.False(HasMessages);
    }

    [Fact]
    public async Task A_timer_started_again_replaces_the_one_before()
    {
        var actor = await Started(timers =>
        {
            timers.StartSingleTimer("key", "old", Second);
            timers.StartSingleTimer("key", "new", Second * 2);
        });

        VirtualTime.Advance(Second);
        await Barrier(actor);
        Assert.False(HasMessages);
        VirtualTime.Advance(Second);
        await ExpectMsgAsync("new", Patience);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("cancel all")]
    [InlineData("replace")]
    public async Task A_tick_that_is_in_the_mailbox_when_its_timer_is_cancelled_or_replaced_is_not_delivered(string how)
    {
        var inside = new ManualResetEventSlim();
        var gate = new ManualResetEventSlim();
        var actor = await Started(timers => timers.StartSingleTimer("key", "stale", Second));
        actor.Tell(new Timing.Do(timers =>
        {
            inside.Set();
            gate.Wait(TimeSpan.FromSeconds(30));
            if (how == "cancel")
                timers.Cancel("key");
            else if (how == "cancel all")
                timers.CancelAll();
            else
                timers.StartSingleTimer("key", "fresh", Second);
        }));
        await Task.Run(() => inside.Wait(Patience));

        VirtualTime.Advance(Second); // the tick is in the mailbox now, behind the message that cancels
        gate.Set();
        await Barrier(actor);
        Assert.False(HasMessages);

        VirtualTime.Advance(Second);
        if (how == "replace")
            await ExpectMsgAsync("fresh", Patience);
        await Barrier(actor);
        Assert.False(HasMessages);
    }

    [Fact]
    public async Task A_restart_ends_the_timers_and_a_tick_of_the_old_instance_is_not_delivered()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var inside = new ManualResetEventSlim();
        var gate = new ManualResetEventSlim();
        var actor = await Started(timers => timers.StartPeriodicTimer("key", "stale", Second));
        actor.Tell(new Timing.Do(_ =>
        {
            inside.Set();
            gate.Wait(TimeSpan.FromSeconds(30));
            throw new BoomException("restart");
        }));
        await Task.Run(() => inside.Wait(Patience));

        VirtualTime.Advance(Second);
        gate.Set();
        await Barrier(actor);
        VirtualTime.Advance(Second);
        await Barrier(actor);

        Assert.False(HasMessages);
        Assert.False(await actor.Ask<bool>(new Timing.IsActive("key"), Patience));
    }

    [Fact]
    public async Task A_tick_of_the_old_instance_is_not_taken_for_one_of_the_new()
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        var inside = new ManualResetEventSlim();
        var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new TickingFromTheStart(TestActor, inside, gate)));
        actor.Tell("fail");
        await Task.Run(() => inside.Wait(Patience));

        VirtualTime.Advance(Second); // the tick of the first instance is in the mailbox
        gate.Set();
        await Barrier(actor);
        Assert.False(HasMessages);

        VirtualTime.Advance(Second);
        await ExpectMsgAsync(7, Patience);
    }

    [Fact]
    public async Task Nothing_fires_after_the_actor_has_stopped()
    {
        var actor = await Started(timers => timers.StartPeriodicTimer("key", "tick", Second));
        Sys.Stop(actor);
        await Terminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        VirtualTime.Advance(Second);

        await ExpectNoMsgAsync(Moment);
    }

    [Fact]
    public async Task A_timer_message_can_be_stashed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashingTicks(TestActor)));
        await Barrier(actor);
        VirtualTime.Advance(Second);
        await Barrier(actor);
        Assert.False(HasMessages);

        actor.Tell("open");

        await ExpectMsgAsync(7, Patience);
    }

    [Fact]
    public async Task A_timer_can_end_its_actor_with_a_poison_pill()
    {
        var actor = await Started(timers => timers.StartSingleTimer("key", PoisonPill.Instance, Second));
        Watch(actor);

        VirtualTime.Advance(Second);

        await ExpectTerminatedAsync(actor, Patience);
    }

    private static async Task Run(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(new Timing.Do(action), ActorRefs.NoSender);
        await Barrier(actor);
    }

    private async Task<IActorRef> Started(Action<ITimerScheduler> start)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timing(TestActor)));
        await Run(actor, start);
        return actor;
    }

    private sealed class Timing : ReceiveActor, IWithTimers
    {
        public Timing(IActorRef reportTo)
        {
            Receive<Do>(what => what.Action(Timers));
            Receive<IsActive>(asked => Sender.Tell(Timers.IsTimerActive(asked.Key)));
            ReceiveAny(message => reportTo.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        public sealed record Do(Action<ITimerScheduler> Action);

        public sealed record IsActive(string Key);
    }

    private sealed class TickingFromTheStart : ReceiveActor, IWithTimers
    {
        public TickingFromTheStart(IActorRef reportTo, ManualResetEventSlim inside, ManualResetEventSlim gate)
        {
            Receive<int>(tick => reportTo.Tell(tick));
            Receive<string>(_ =>
            {
                inside.Set();
                gate.Wait(TimeSpan.FromSeconds(30));
                throw new BoomException("restart");
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", 7, Second);
    }

    private sealed class StashingTicks : ReceiveActor, IWithTimers, IWithUnboundedStash
    {
        public StashingTicks(IActorRef reportTo)
        {
            Receive<int>(_ => Stash.Stash());
            Receive<string>(_ =>
            {
                Become(() => Receive<int>(number => reportTo.Tell(number)));
                Stash.UnstashAll();
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", 7, Second);
    }
}
