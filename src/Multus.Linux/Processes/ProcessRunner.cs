using Multus.Cni;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// Runs processes with posix_spawn, each in a process group of its own that is killed whole when the run has to end.
/// One thread serves them all, so that a run costs descriptors and a few hundred bytes, not threads. Disposing kills
/// and reaps everything that runs.
/// </summary>
/// <remarks>SIGCHLD is left alone: only the processes started here are waited for, by their descriptors.</remarks>
public sealed class ProcessRunner : IProcessRunner, IDisposable
{
    /// <summary>
    /// An executable that is just being installed is open for writing for moments; then the wait doubles, about four
    /// seconds in all.
    /// </summary>
    private const int MostStarts = 11;

    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    private readonly TimeProvider _time;
    private readonly PollLoop _loop;

    public ProcessRunner(TimeProvider time)
        : this(time, poll: null) { }

    internal ProcessRunner(TimeProvider time, PollCall? poll)
    {
        SignalSetup.Ensure();
        _time = time;
        _loop = new PollLoop(poll);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Returns at once: the start itself, which blocks for the length of an exec, happens on the thread pool.
    /// </remarks>
    public async Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spec.MaxStdoutBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(spec.MaxStderrBytes);
        ObjectDisposedException.ThrowIf(_loop.IsClosed, this);
        var startedAt = _time.GetTimestamp();
        if (LaunchBlock.Objection(spec.Path, spec.Arguments, spec.Environment) is { } objection)
            return NotStarted(spec, Errno.EINVAL, startedAt, objection);

        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var starts = 1; ; starts++)
        {
            if (cancel.IsCancellationRequested || !_loop.TryEnter())
                return Cancelled(startedAt);

            var errno = Start(spec, startedAt, cancel, out var run);
            if (run is not null)
                return await run.Answer.ConfigureAwait(false);

            var pause = Pauses.After(starts);
            var rest = spec.Deadline - _time.GetElapsedTime(startedAt);
            var isLast = starts == MostStarts || (spec.Deadline != Timeout.InfiniteTimeSpan && rest <= pause);
            if (errno != Errno.ETXTBSY || isLast)
                return NotStarted(spec, errno, startedAt, starts > 1 ? $"tried {starts} times" : null);

            await Task.Delay(pause, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _loop.Dispose();

    // The run, or errno and null. The loop has been entered.
    private int Start(ProcessSpec spec, long startedAt, CancellationToken cancel, out ProcessRun? run)
    {
        try
        {
            run = null;
            var errno = ProcessStarter.Start(spec, out var process);
            if (errno != 0)
                return errno;

            run = new ProcessRun(spec, process, _time, startedAt, cancel);
            Watch(run);
            return 0;
        }
        finally
        {
            _loop.Leave();
        }
    }

    private void Watch(ProcessRun run)
    {
        try
        {
            if (!_loop.TryWatch(run))
                run.AbortAsCancelled();
        }
        catch (ProcessRunnerException e)
        {
            run.Abort(e);
        }
    }

    private ProcessResult Cancelled(long startedAt) =>
        new(ProcessEnd.Cancelled, 0, default, default, _time.GetElapsedTime(startedAt), TimeSpan.Zero)
        {
            Explanation = "it had not been started",
        };

    private ProcessResult NotStarted(ProcessSpec spec, int errno, long startedAt, string? more)
    {
        var hint = errno switch
        {
            Errno.ENOENT when File.Exists(spec.Path) =>
                "; the file is there: the interpreter or loader that it names is not",
            Errno.ENOENT => "; install it, or correct the path",
            Errno.EACCES => "; it must be a file with execute permission, on a file system not mounted noexec",
            Errno.ENOEXEC => "; it is no program for this machine, nor a script with a #! line",
            Errno.ETXTBSY => "; somebody has it open for writing",
            _ => ResourceLimits.Explain(errno) is { } limit ? $"; {limit}" : "",
        };
        return new ProcessResult(
            ProcessEnd.NotStarted,
            errno,
            default,
            default,
            _time.GetElapsedTime(startedAt),
            TimeSpan.Zero
        )
        {
            Explanation = $"cannot start {spec.Path}: {Errno.Describe(errno)}{hint}{(more is null ? "" : $"; {more}")}",
        };
    }
}
