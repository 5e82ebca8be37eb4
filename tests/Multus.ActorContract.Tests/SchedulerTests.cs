namespace Multus.ActorContract.Tests;

public class SchedulerTests : VirtualTimeSpec
{
    [Fact]
    public async Task A_message_is_told_once_after_its_delay_with_its_sender()
    {
        var sender = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "later", sender.Ref);

        VirtualTime.Advance(Second * 0.9);
        await ExpectNoMsgAsync(TimeSpan.Zero);
        VirtualTime.Advance(Second * 0.1);
        await ExpectMsgAsync("later", Patience);
        Assert.Equal(sender.Ref, LastSender);
        VirtualTime.Advance(Second);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_message_is_told_again_and_again_until_it_is_cancelled()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second * 2, TestActor, "again", ActorRefs.NoSender);

        VirtualTime.Advance(Second);
        await ExpectMsgAsync("again", Patience);
        VirtualTime.Advance(Second);
        await ExpectNoMsgAsync(TimeSpan.Zero);
        VirtualTime.Advance(Second);
        await ExpectMsgAsync("again", Patience);
        cancelable.Cancel();
        VirtualTime.Advance(Second * 4);

        await ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public async Task What_is_due_is_told_in_the_order_of_its_time()
    {
        Sys.Scheduler.ScheduleTellOnce(Second * 2, TestActor, "second", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "first", ActorRefs.NoSender);

        VirtualTime.AdvanceTo(Sys.Scheduler.Now + Second * 2);

        await ExpectMsgAsync("first", Patience);
        await ExpectMsgAsync("second", Patience);
    }

    [Fact]
    public void Actions_run_when_they_are_due()
    {
        var ran = 0;
        Sys.Scheduler.Advanced.ScheduleOnce(Second, () => ran++);

        VirtualTime.Advance(Second / 2);
        Assert.Equal(0, ran);
        VirtualTime.Advance(Second / 2);
        Assert.Equal(1, ran);
    }
}

public class RealSchedulerTests : ContractSpec
{
    [Fact]
    public async Task Real_time_tells_once_repeatedly_and_stops_when_cancelled()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(10), TestActor, "once", ActorRefs.NoSender);
        await ExpectMsgAsync("once", Patience);

        var repeating = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "again", ActorRefs.NoSender);
        for (var i = 0; i < 3; i++)
            await ExpectMsgAsync("again", Patience);
        repeating.Cancel();
        while (await ReceiveOneAsync(TimeSpan.FromMilliseconds(100)) is not null)
        {
            // what was on its way when it was cancelled
        }

        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_cancelled_entry_is_not_told()
    {
        var cancelable = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(50), TestActor, "never", ActorRefs.NoSender);

        cancelable.Cancel();

        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(150));
    }

    [Fact]
    public void A_delay_below_zero_and_an_interval_of_zero_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromTicks(-1), TestActor, "x", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.Zero, TestActor, "x", ActorRefs.NoSender));
    }

    [Fact]
    public void The_monotonic_clock_goes_on()
    {
        var before = Sys.Scheduler.MonotonicClock;

        AwaitCondition(() => Sys.Scheduler.MonotonicClock > before, Patience);
    }

    [Fact]
    public async Task A_timer_against_its_cancel_in_real_time_never_delivers_after_the_cancel()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Racing(TestActor)));

        for (var i = 0; i < 200; i++)
            actor.Tell(i);
        await Barrier(actor);

        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    private sealed class Racing : ReceiveActor, IWithTimers
    {
        public Racing(IActorRef reportTo)
        {
            Receive<int>(_ =>
            {
                Timers.StartSingleTimer("key", "cancelled", TimeSpan.FromMilliseconds(1));
                Thread.SpinWait(30_000); // about as long as the timer, so that either may be first
                Timers.Cancel("key");
            });
            Receive<string>(text => reportTo.Tell(text));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
