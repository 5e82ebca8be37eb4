using System.Runtime.CompilerServices;
using Multus.Actors.Scheduling;

namespace Multus.Actors.Tests.Scheduling;

/// <summary>Akka's timers and time-outs on the daemon's scheduler.</summary>
public sealed class SleepingSchedulerTests()
    : TestKit("""akka.scheduler.implementation = "Multus.Actors.Scheduling.SleepingScheduler, Multus.Actors" """)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    [Fact]
    public void It_is_what_the_system_runs_on() => Assert.IsType<SleepingScheduler>(Sys.Scheduler);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public async Task A_message_comes_no_earlier_than_it_is_due(int milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        var from = Environment.TickCount64; // what timers of .NET count: it has ticks of some milliseconds

        Sys.Scheduler.ScheduleTellOnce(delay, TestActor, "due", ActorRefs.NoSender);

        await ExpectMsgAsync("due", Patience);
        Assert.True(Environment.TickCount64 - from >= milliseconds);
    }

    [Fact]
    public async Task A_message_that_is_due_again_and_again_comes_until_it_is_cancelled()
    {
        var cancel = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero,
            Soon,
            TestActor,
            "again",
            ActorRefs.NoSender
        );
        for (var i = 0; i < 3; i++)
            await ExpectMsgAsync("again", Patience);

        cancel.Cancel();

        await AwaitAssertAsync(() => Assert.Equal(0, ((SleepingScheduler)Sys.Scheduler).Waiting), Patience);
    }

    [Fact]
    public void What_is_cancelled_is_held_no_longer()
    {
        var scheduler = (SleepingScheduler)Sys.Scheduler;
        var before = scheduler.Waiting;
        var cancel = Sys.Scheduler.ScheduleTellOnceCancelable(Late, TestActor, "never", ActorRefs.NoSender);
        Assert.Equal(before + 1, scheduler.Waiting);

        cancel.Cancel();

        Assert.Equal(before, scheduler.Waiting);
    }

    [Fact]
    public void What_was_cancelled_before_is_not_scheduled()
    {
        using var cancel = new Cancelable(Sys.Scheduler);
        cancel.Cancel();

        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => TestActor.Tell("never"), cancel);

        Assert.Equal(0, ((SleepingScheduler)Sys.Scheduler).Waiting);
    }

    [Fact]
    public async Task A_timer_that_nobody_holds_is_not_collected()
    {
        ScheduleAndForget(TimeSpan.FromMilliseconds(100));

        GC.Collect();
        GC.WaitForPendingFinalizers();

        await ExpectMsgAsync("due", Patience);
    }

    [Fact]
    public async Task An_action_that_fails_is_said_and_the_next_one_runs()
    {
        await EventFilter
            .Exception<InvalidOperationException>()
            .ExpectOneAsync(
                Patience,
                () =>
                {
                    Sys.Scheduler.Advanced.ScheduleOnce(
                        TimeSpan.Zero,
                        () => throw new InvalidOperationException("no good")
                    );
                    return Task.CompletedTask;
                }
            );
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => TestActor.Tell("next"));

        await ExpectMsgAsync("next", Patience);
    }

    [Fact]
    public async Task An_Ask_that_is_not_answered_ends_at_its_time_limit() =>
        await Assert.ThrowsAsync<AskTimeoutException>(() =>
            Sys.ActorOf(Props.Create(() => new Silent())).Ask("hello?", Soon)
        );

    [Fact]
    public async Task A_timer_of_an_actor_fires()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timed(TestActor)));

        actor.Tell(Soon);

        await ExpectMsgAsync("tick", Patience);
    }

    [Fact]
    public async Task After_the_end_of_the_system_nothing_fires_and_nothing_can_be_scheduled()
    {
        var scheduler = (SleepingScheduler)Sys.Scheduler;
        Sys.Scheduler.ScheduleTellOnce(Late, TestActor, "never", ActorRefs.NoSender);

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal(0, scheduler.Waiting);
        Assert.Throws<SchedulerException>(() =>
            Sys.Scheduler.ScheduleTellOnce(Late, ActorRefs.Nobody, "never", ActorRefs.NoSender)
        );
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ScheduleAndForget(TimeSpan delay) =>
        Sys.Scheduler.ScheduleTellOnce(delay, TestActor, "due", ActorRefs.NoSender);

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            // whoever asks is not answered
        }
    }

    private sealed class Timed(IActorRef reportTo) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!; // set by the runtime before PreStart

        protected override void OnReceive(object message)
        {
            if (message is TimeSpan delay)
                Timers.StartSingleTimer("key", "tick", delay);
            else
                reportTo.Tell(message);
        }
    }
}
