using System.Collections.Concurrent;

namespace Multus.ActorContract.Tests;

public class CoordinatedShutdownTests()
    : ContractSpec("akka.coordinated-shutdown.phases.service-requests-done.timeout = 200ms")
{
    [Fact]
    public async Task Phases_run_one_after_the_other_and_the_system_ends_with_the_last()
    {
        var order = new ConcurrentQueue<string>();
        var shutdown = CoordinatedShutdown.Get(Sys);
        foreach (
            var phase in new[]
            {
                CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
                CoordinatedShutdown.PhaseServiceRequestsDone,
                CoordinatedShutdown.PhaseServiceUnbind,
                CoordinatedShutdown.PhaseBeforeServiceUnbind,
            }
        )
        {
            shutdown.AddTask(
                phase,
                "note",
                async () =>
                {
                    await Task.Yield();
                    order.Enqueue(phase);
                    return Done.Instance;
                }
            );
        }

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.Equal(
            ["before-service-unbind", "service-unbind", "service-requests-done", "before-actor-system-terminate"],
            order
        );
        Assert.True(Sys.WhenTerminated.IsCompleted);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task A_stuck_task_costs_no_more_than_the_timeout_of_its_phase()
    {
        using var silence = EventFilter.Warning().Mute();
        var shutdown = CoordinatedShutdown.Get(Sys);
        var later = false;
        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceRequestsDone,
            "stuck",
            () => new TaskCompletionSource<Done>().Task
        );
        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop,
            "later",
            () =>
            {
                later = true;
                return Task.FromResult(Done.Instance);
            }
        );

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.True(later);
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_task_that_fails_does_not_hold_up_the_rest()
    {
        using var silence = EventFilter.Warning().Mute();
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop,
            "failing",
            () => Task.FromException<Done>(new BoomException("in shutdown"))
        );

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Tasks_of_a_phase_can_still_use_the_actors()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        string? answer = null;
        CoordinatedShutdown
            .Get(Sys)
            .AddTask(
                CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
                "ask",
                async () =>
                {
                    answer = await echo.Ask<string>("alive", Patience);
                    return Done.Instance;
                }
            );

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal("alive", answer);
    }
}
