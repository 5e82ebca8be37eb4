using System.Runtime.InteropServices;
using Multus.Linux.Native;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Processes;

/// <summary>The runner as a whole: many at once, nothing left behind, its own end.</summary>
public sealed class ProcessRunnerLifeTests : IDisposable
{
    private const int Rounds = 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_hundred_at_once_each_get_their_own_answer()
    {
        using var runner = new ProcessRunner(TimeProvider.System);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i => runner.RunAsync(Specs.Of("/bin/cat", $"answer {i}"), CancellationToken.None))
        );

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"answer {i}"), results.Select(result => result.Out()));
    }

    [Fact]
    public async Task No_descriptor_and_no_zombie_is_left_of_any_kind_of_end()
    {
        using var runner = new ProcessRunner(TimeProvider.System);
        await RunEveryKind(runner);
        GC.Collect();
        GC.WaitForPendingFinalizers(); // what other tests forgot is not counted as ours
        var before = Proc.OpenDescriptors;

        for (var i = 0; i < Rounds; i++)
            await RunEveryKind(runner);

        // The test host opens and closes some of its own; what a run of any kind left would be there once for each
        // round.
        Assert.InRange(Proc.OpenDescriptors, 0, before + Rounds - 1);
        Assert.Empty(Proc.Zombies);
    }

    [Fact]
    public async Task A_process_of_somebody_else_in_this_process_is_not_waited_for()
    {
        using var runner = new ProcessRunner(TimeProvider.System);
        var ours = Enumerable
            .Range(0, 20)
            .Select(_ => runner.RunAsync(Specs.Shell("exit 5"), CancellationToken.None))
            .ToArray();

        var others = Enumerable.Range(0, 20).Select(_ => ProcessTool.Try("sh", "-c", "exit 6").ExitCode).ToArray();

        Assert.All(others, status => Assert.Equal(6, status));
        Assert.All(await Task.WhenAll(ours), result => Assert.Equal((ProcessEnd.Exited, 5), (result.End, result.Code)));
    }

    [Fact]
    public async Task Disposing_kills_and_reaps_all_that_runs()
    {
        var runner = new ProcessRunner(TimeProvider.System);
        var running = Enumerable.Range(0, 3).Select(i => StartHanging(runner, $"pid{i}")).ToArray();
        var pids = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => PidIn($"pid{i}")));

        runner.Dispose();

        Assert.All(await Task.WhenAll(running), result => Assert.Equal(ProcessEnd.Cancelled, result.End));
        Assert.All(pids, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"process {pid} is still there"));
    }

    [Fact]
    public async Task A_disposed_runner_starts_nothing()
    {
        var runner = new ProcessRunner(TimeProvider.System);
        runner.Dispose();
        runner.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() =>
            runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_deadline_longer_than_any_timer_is_kept()
    {
        using var runner = new ProcessRunner(TimeProvider.System);

        var result = await runner.RunAsync(
            Specs.Of("/bin/true") with
            {
                Deadline = TimeSpan.FromDays(400),
            },
            CancellationToken.None
        );

        Assert.True(result.IsSuccess, result.Description);
    }

    [Fact]
    public async Task Trouble_with_one_run_is_not_the_others()
    {
        using var runner = new ProcessRunner(new TimeThatFailsOnce());

        var failed = await Assert.ThrowsAsync<ProcessRunnerException>(() =>
            runner.RunAsync(Specs.Of("/bin/cat"), CancellationToken.None)
        );
        var next = await runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None);

        Assert.False(failed.RunnerIsDead);
        Assert.StartsWith("/bin/cat (pid ", failed.Message, StringComparison.Ordinal);
        Assert.True(next.IsSuccess, next.Description);
        await Eventually.Holds(() => Proc.Zombies.Count == 0, "the failed one has been reaped");
    }

    [Fact]
    public async Task When_the_watching_thread_dies_every_run_fails_and_nothing_runs_on()
    {
        var broken = false;
        using var runner = new ProcessRunner(
            TimeProvider.System,
            entries => Volatile.Read(ref broken) ? Fail() : Poll(entries)
        );
        var hanging = StartHanging(runner, "pid");
        var pid = await PidIn("pid");

        Volatile.Write(ref broken, true);
        var last = runner.RunAsync(Specs.Of("/bin/cat"), CancellationToken.None);

        var failures = new[]
        {
            await Assert.ThrowsAsync<ProcessRunnerException>(() => hanging),
            await Assert.ThrowsAsync<ProcessRunnerException>(() => last),
            await Assert.ThrowsAsync<ProcessRunnerException>(() =>
                runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None)
            ),
        };
        Assert.All(failures, failure => Assert.True(failure.RunnerIsDead));
        await Eventually.Holds(
            () => !Directory.Exists($"/proc/{pid}"),
            "the hanging process has been killed and reaped"
        );
    }

    [Fact]
    public async Task A_process_that_survives_its_kill_does_not_hold_up_its_caller()
    {
        var time = new CountedTime();
        using var runner = new ProcessRunner(time, PollWithoutEnds);
        var running = StartHanging(runner, "pid");
        var pid = await PidIn("pid");

        time.Advance(Specs.LongEnough);
        await Eventually.Holds(() => !Proc.IsAlive(pid), "the process has been killed");
        await Eventually.Holds(() => time.PendingTimers > 0, "the runner waits for the end");
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        var result = await running;

        Assert.Equal(ProcessEnd.DeadlinePassed, result.End);
        Assert.Equal(
            $"killed after 65 s; /bin/sh (pid {pid}) is still there 5 s after SIGKILL; it is reaped when the kernel lets go of it",
            result.Description
        );
    }

    // As if no process ever ended: the last entry of each run is its process descriptor.
    private static int PollWithoutEnds(Span<PollEntry> entries)
    {
        for (var i = ProcessRun.Entries; i < entries.Length; i += ProcessRun.Entries)
            entries[i].Fd = -1;
        return Poll(entries);
    }

    private static int Poll(Span<PollEntry> entries) => ProcessCalls.Poll(entries, (nuint)entries.Length, -1);

    private static int Fail()
    {
        Marshal.SetLastPInvokeError(Errno.EINVAL);
        return -1;
    }

    private static async Task RunEveryKind(ProcessRunner runner)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var results = await Task.WhenAll(
            runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None),
            runner.RunAsync(Specs.Of("/bin/true", new string('x', 1 << 20)), CancellationToken.None),
            runner.RunAsync(Specs.Shell("kill -9 $$"), CancellationToken.None),
            runner.RunAsync(Specs.Of("/nowhere"), CancellationToken.None),
            runner.RunAsync(Specs.Shell("yes") with { MaxStdoutBytes = 10 }, CancellationToken.None),
            runner.RunAsync(
                Specs.Shell("sleep 600") with
                {
                    Deadline = TimeSpan.FromMilliseconds(20),
                },
                CancellationToken.None
            ),
            runner.RunAsync(Specs.Shell("sleep 600"), soon.Token)
        );
        Assert.Equal(7, results.Length);
    }

    private Task<ProcessResult> StartHanging(ProcessRunner runner, string file) =>
        runner.RunAsync(
            Specs.Shell(
                $"printf %s $$ >{_folder["temp" + file]}; mv {_folder["temp" + file]} {_folder[file]}; exec sleep 600"
            ),
            CancellationToken.None
        );

    private async Task<int> PidIn(string file)
    {
        await Eventually.Holds(() => File.Exists(_folder[file]), "the process has started");
        return Proc.Number(await File.ReadAllTextAsync(_folder[file]));
    }

    /// <summary>Fails the first timer that is asked for, as a machine without memory might.</summary>
    private sealed class TimeThatFailsOnce : TimeProvider
    {
        private bool _hasFailed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (_hasFailed)
                return base.CreateTimer(callback, state, dueTime, period);

            _hasFailed = true;
            throw new InvalidOperationException("no timer today");
        }
    }
}
