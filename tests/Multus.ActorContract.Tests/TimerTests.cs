namespace Multus.ActorContract.Tests;

public class TimerTests : VirtualTimeSpec
{
    [Fact]
    public async Task A_single_timer_fires_once_when_its_time_has_come()
    {
        var actor = await Started(timers => timers.StartSingleTimer("key", "tick", Second));

        await NothingAfter(actor, Second / 2);
        VirtualTime.Advance(Second / 2);
        await ExpectMsgAsync("tick", Patience);

        await NothingAfter(actor, Second * 10);
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

        await Run(actor, timers => timers.Cancel("key"));
        await NothingAfter(actor, Second);
    }

    [Fact]
    public async Task A_timer_started_again_replaces_the_one_before()
    {
        var actor = await Started(timers =>
        {
            timers.StartSingleTimer(new Key("a"), "old", Second);
            timers.StartSingleTimer(new Key("a"), "new", Second * 2); // an equal key, not the same
        });

        await NothingAfter(actor, Second);
        VirtualTime.Advance(Second);
        await ExpectMsgAsync("new", Patience);
    }

    [Fact]
    public async Task Keys_without_an_equality_of_their_own_are_told_apart_by_reference()
    {
        var (one, other) = (new object(), new object());
        await Started(timers =>
        {
            timers.StartSingleTimer(one, "one", Second);
            timers.StartSingleTimer(other, "other", Second);
            timers.Cancel(one);
        });

        VirtualTime.Advance(Second);

        await ExpectMsgAsync("other", Patience);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("replace")]
    [InlineData("fail")]
    public async Task A_tick_that_is_in_the_mailbox_when_its_timer_ends_is_not_delivered(string how)
    {
        using var silence = EventFilter.Exception<BoomException>().Mute();
        using var inside = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var actor = await Started(timers => timers.StartSingleTimer("key", "stale", Second));
        actor.Tell(
            new Timing.Do(timers =>
            {
                inside.Set();
                gate.Wait(Patience);
                End(timers, how);
            })
        );
        await Task.Run(() => inside.Wait(Patience));

        VirtualTime.Advance(Second); // the tick is in the mailbox now, behind the message that ends its timer
        gate.Set();
        await Barrier(actor);
        Assert.False(HasMessages);

        VirtualTime.Advance(Second);
        if (how == "replace")
            await ExpectMsgAsync("fresh", Patience);
        await NothingAfter(actor, Second);
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

    private static void End(ITimerScheduler timers, string how)
    {
        if (how == "fail")
            throw new BoomException("restart");
        if (how == "cancel")
            timers.Cancel("key");
        else
            timers.StartSingleTimer("key", "fresh", Second);
    }

    private static async Task Run(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(new Timing.Do(action), ActorRefs.NoSender);
        await Barrier(actor);
    }

    private async Task NothingAfter(IActorRef actor, TimeSpan time)
    {
        VirtualTime.Advance(time);
        await Barrier(actor);
        Assert.False(HasMessages);
    }

    private async Task<IActorRef> Started(Action<ITimerScheduler> start)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timing(TestActor)));
        await Run(actor, start);
        return actor;
    }

    private sealed record Key(string Text);

    private sealed class Timing(IActorRef reportTo) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Do what:
                    what.Action(Timers);
                    break;
                case IsActive asked:
                    Sender.Tell(Timers.IsTimerActive(asked.Key));
                    break;
                default:
                    reportTo.Tell(message);
                    break;
            }
        }

        public sealed record Do(Action<ITimerScheduler> Action);

        public sealed record IsActive(object Key);
    }
}
