using System.Collections.Concurrent;
using System.Diagnostics;

namespace Multus.ActorContract.Tests;

public class CoordinatedShutdownTests() : ContractSpec("""
    akka.coordinated-shutdown {
      phases {
        service-requests-done.timeout = 200ms
        service-stop.timeout = 300ms
        mine { depends-on = [service-stop], timeout = 7s }
        before-actor-system-terminate.depends-on = [cluster-shutdown, mine]
      }
    }
    """)
{
    [Fact]
    public async Task Phases_run_one_after_the_other_and_the_system_ends_with_the_last()
    {
        var order = new ConcurrentQueue<string>();
        var shutdown = CoordinatedShutdown.Get(Sys);
        foreach (var phase in new[]
            {
                CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseServiceStop, "mine",
                CoordinatedShutdown.PhaseServiceUnbind, CoordinatedShutdown.PhaseBeforeServiceUnbind,
            })
        {
            shutdown.AddTask(phase, "note", async () =>
            {
                await Task.Yield();
                order.Enqueue(phase);
                return Done.Instance;
            });
        }

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.Equal(["before-service-unbind", "service-unbind", "service-stop", "mine", "before-actor-system-terminate"], order);
        Assert.True(Sys.WhenTerminated.IsCompleted);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Tasks_of_one_phase_run_side_by_side()
    {
        var meet = new Barrier(2);
        var shutdown = CoordinatedShutdown.Get(Sys);
        var met = new ConcurrentQueue<bool>();
        for (var i = 0; i < 2; i++)
        {
            shutdown.AddTask("mine", $"meet {i}", () => Task.Run(() =>
            {
                met.Enqueue(meet.SignalAndWait(TimeSpan.FromSeconds(5)));
                return Done.Instance;
            }));
        }

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.Equal([true, true], met);
    }

    [Fact]
    public async Task A_stuck_task_costs_no_more_than_the_timeout_of_its_phase()
    {
        using var silence = EventFilter.Warning().Mute();
        var shutdown = CoordinatedShutdown.Get(Sys);
        var later = false;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "stuck", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "later", () =>
        {
            later = true;
            return Task.FromResult(Done.Instance);
        });
        var clock = Stopwatch.StartNew();

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(10));
        Assert.True(later);
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_task_that_fails_does_not_hold_up_the_rest()
    {
        using var silence = EventFilter.Warning().Mute();
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "failing", () => Task.FromException<Done>(new BoomException("in shutdown")));

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Terminating_the_system_runs_the_phases_once()
    {
        var runs = 0;
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseServiceStop, "count", () =>
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult(Done.Instance);
        });

        await Task.WhenAll(Sys.Terminate(), CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance)).WaitAsync(Patience);

        Assert.Equal(1, runs);
    }

    [Fact]
    public void Timeouts_come_from_the_configuration_and_phases_must_be_known()
    {
        var shutdown = CoordinatedShutdown.Get(Sys);

        Assert.Equal(TimeSpan.FromSeconds(7), shutdown.Timeout("mine"));
        Assert.Equal(TimeSpan.FromSeconds(5), shutdown.Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind));
        Assert.Equal(TimeSpan.FromSeconds(10), shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate));
        Assert.ThrowsAny<Exception>(() => shutdown.AddTask("unknown", "x", () => Task.FromResult(Done.Instance)));
    }

    [Fact]
    public async Task Tasks_of_a_phase_can_still_use_the_actors()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        string? answer = null;
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "ask", async () =>
        {
            answer = await echo.Ask<string>("alive", Patience);
            return Done.Instance;
        });

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal("alive", answer);
    }
}
