using System.Text;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Processes;

/// <summary>What happens to a process that does not stay within its limits.</summary>
public sealed class ProcessLimitsTests : IDisposable
{
    private const string HangWithChild = "sleep 600 & printf %s $! >\"$CHILD.tmp\"; mv \"$CHILD.tmp\" \"$CHILD\"; wait";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly CountedTime _time = new();
    private readonly ProcessRunner _runner;
    private readonly TempFolder _folder = new();

    public ProcessLimitsTests() => _runner = new ProcessRunner(_time);

    public void Dispose()
    {
        _runner.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_deadline_kills_the_process_and_its_children()
    {
        var (running, child) = await StartHanging(CancellationToken.None);

        _time.Advance(Deadline);
        var result = await running;

        Assert.Equal((ProcessEnd.DeadlinePassed, "killed after 60 s"), (result.End, result.Description));
        await Eventually.Holds(() => !Proc.IsAlive(child), $"the grandchild {child} is gone");
    }

    [Fact]
    public async Task Before_its_deadline_a_process_is_left_alone()
    {
        var (running, child) = await StartHanging(CancellationToken.None);

        _time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        await _runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None); // the runner has had its turn

        Assert.False(running.IsCompleted);
        Assert.True(Proc.IsAlive(child));
    }

    [Fact]
    public async Task Without_a_deadline_a_process_may_run_for_ever()
    {
        var (running, child) = await StartHanging(CancellationToken.None, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromDays(400));
        await _runner.RunAsync(Specs.Of("/bin/true"), CancellationToken.None);

        Assert.False(running.IsCompleted);
        Assert.True(Proc.IsAlive(child));
    }

    [Fact]
    public async Task Cancelling_kills_the_process_and_its_children()
    {
        using var cancel = new CancellationTokenSource();
        var (running, child) = await StartHanging(cancel.Token);

        await cancel.CancelAsync();
        var result = await running;

        Assert.Equal((ProcessEnd.Cancelled, "cancelled"), (result.End, result.Description));
        await Eventually.Holds(() => !Proc.IsAlive(child), $"the grandchild {child} is gone");
    }

    [Fact]
    public async Task What_is_cancelled_beforehand_never_starts()
    {
        var mark = _folder["mark"];

        var result = await _runner.RunAsync(Specs.Shell($"touch {mark}"), new CancellationToken(canceled: true));

        Assert.Equal((ProcessEnd.Cancelled, "cancelled; it had not been started"), (result.End, result.Description));
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task What_a_killed_process_had_complained_about_is_kept()
    {
        var spec = Hanging(Deadline) with { Stdin = Encoding.UTF8.GetBytes("printf trouble >&2\n" + HangWithChild) };
        var running = _runner.RunAsync(spec, CancellationToken.None);
        await Child();

        _time.Advance(Deadline);

        Assert.Equal("trouble", (await running).Err());
    }

    [Fact]
    public async Task A_hundred_megabytes_of_stdout_end_the_run_at_the_bound()
    {
        var spec = Specs.Shell("head -c 104857600 /dev/zero | tr '\\0' x") with { MaxStdoutBytes = 100_000 };

        var result = await _runner.RunAsync(spec, CancellationToken.None);

        Assert.Equal(
            (ProcessEnd.OutputTooLarge, "killed because it wrote more than 100000 bytes to stdout"),
            (result.End, result.Description)
        );
        Assert.Equal(new string('x', 100_000), result.Out());
    }

    [Theory]
    [InlineData(4096, ProcessEnd.Exited)]
    [InlineData(4097, ProcessEnd.OutputTooLarge)]
    public async Task The_bound_of_stdout_is_the_last_byte_allowed(int bytes, ProcessEnd end)
    {
        var spec = Specs.Shell($"head -c {bytes} /dev/zero") with { MaxStdoutBytes = 4096 };

        var result = await _runner.RunAsync(spec, CancellationToken.None);

        Assert.Equal((end, 4096), (result.End, result.Stdout.Length));
    }

    [Fact]
    public async Task Stderr_beyond_its_bound_is_dropped_and_no_error()
    {
        var spec = Specs.Shell("printf head >&2; head -c 10000000 /dev/zero >&2; echo answer") with
        {
            MaxStderrBytes = 1000,
        };

        var result = await _runner.RunAsync(spec, CancellationToken.None);

        Assert.Equal((true, "answer\n", 1000), (result.IsSuccess, result.Out(), result.Stderr.Length));
        Assert.StartsWith("head\0", result.Err(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_background_child_that_holds_stdout_keeps_nobody_waiting()
    {
        var result = await _runner.RunAsync(Specs.Shell("sleep 600 & echo $!"), CancellationToken.None);

        var child = Proc.Number(result.Out().Trim());
        Assert.True(Proc.IsAlive(child));
        ProcessTool.Run("kill", "-9", result.Out().Trim());
    }

    [Fact]
    public async Task All_that_was_written_before_the_end_is_read_while_a_background_child_writes_on()
    {
        var script = "head -c 60000 /dev/zero | tr '\\0' x; yes >&2 & echo $! >\"$CHILD\"";

        var result = await _runner.RunAsync(
            Hanging(Deadline) with
            {
                Stdin = Encoding.UTF8.GetBytes(script),
            },
            CancellationToken.None
        );

        Assert.Equal((true, 60000), (result.IsSuccess, result.Stdout.Length));
        await Eventually.Holds(
            () => !Proc.IsAlive(Proc.Number(File.ReadAllText(_folder["child"]))),
            "'yes' has nobody to write to any more"
        );
    }

    [Fact]
    public async Task A_busy_executable_is_tried_again_until_it_is_free()
    {
        var program = BusyProgram(out var writer);
        var running = _runner.RunAsync(Specs.Of(program), CancellationToken.None);
        await Eventually.Holds(() => _time.PendingTimers > 0, "the runner waits before it tries again");

        writer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await running).IsSuccess);
    }

    [Fact]
    public async Task An_executable_that_stays_busy_is_not_started_and_says_so()
    {
        var program = BusyProgram(out var writer);
        using (writer)
        {
            var running = _runner.RunAsync(Specs.Of(program), CancellationToken.None);
            await AdvanceUntil(running);
            var result = await running;

            Assert.Equal((ProcessEnd.NotStarted, 26), (result.End, result.Code));
            Assert.Equal(
                $"cannot start {program}: Text file busy (ETXTBSY); somebody has it open for writing; tried 11 times",
                result.Description
            );
        }
    }

    [Fact]
    public async Task Waiting_for_a_busy_executable_ends_with_the_deadline()
    {
        var program = BusyProgram(out var writer);
        using (writer)
        {
            var running = _runner.RunAsync(
                Specs.Of(program) with
                {
                    Deadline = TimeSpan.FromMilliseconds(100),
                },
                CancellationToken.None
            );
            await AdvanceUntil(running);
            var result = await running;

            Assert.Equal((ProcessEnd.NotStarted, 26), (result.End, result.Code));
            Assert.InRange(result.Wall, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task Waiting_for_a_busy_executable_ends_when_cancelled()
    {
        var program = BusyProgram(out var writer);
        using (writer)
        using (var cancel = new CancellationTokenSource())
        {
            var running = _runner.RunAsync(Specs.Of(program), cancel.Token);
            await Eventually.Holds(() => _time.PendingTimers > 0, "the runner waits before it tries again");
            await cancel.CancelAsync();

            Assert.Equal(ProcessEnd.Cancelled, (await running).End);
        }
    }

    private async Task AdvanceUntil(Task done)
    {
        while (!done.IsCompleted)
        {
            await Eventually.Holds(
                () => done.IsCompleted || _time.PendingTimers > 0,
                "the runner waits before it tries again"
            );
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    private string BusyProgram(out FileStream writer)
    {
        var program = _folder["busy"];
        File.Copy("/bin/true", program);
        writer = File.OpenWrite(program);
        return program;
    }

    private ProcessSpec Hanging(TimeSpan deadline) =>
        Specs.Shell(HangWithChild) with
        {
            Deadline = deadline,
            Environment = [.. Specs.SearchPath, new("CHILD", _folder["child"])],
        };

    private async Task<(Task<ProcessResult> Running, int Child)> StartHanging(
        CancellationToken cancel,
        TimeSpan? deadline = null
    )
    {
        var running = _runner.RunAsync(Hanging(deadline ?? Deadline), cancel);
        return (running, await Child());
    }

    private async Task<int> Child()
    {
        await Eventually.Holds(() => File.Exists(_folder["child"]), "the process has started its child");
        return Proc.Number(await File.ReadAllTextAsync(_folder["child"]));
    }
}
