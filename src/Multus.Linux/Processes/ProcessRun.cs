using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// One running process, from its start to the moment it is reaped. All of it belongs to the poll thread, but the two
/// flags that a timer or a cancelled token raises before it calls <see cref="PollLoop.Attend"/>.
/// </summary>
internal sealed class ProcessRun(
    ProcessSpec spec,
    StartedProcess process,
    TimeProvider time,
    long startedAt,
    CancellationToken cancel
)
{
    /// <summary>How many poll entries each run has.</summary>
    public const int Entries = 4;

    /// <summary>
    /// After SIGKILL: a process that the kernel cannot end (stuck in a driver, a dead file server) does not hold up its
    /// caller for longer.
    /// </summary>
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(5);

    // What is less, the system's timers take for "now".
    private static readonly TimeSpan ShortestTimer = TimeSpan.FromMilliseconds(1);

    // Timers refuse what is over 49 days; see OnTimer.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly TaskCompletionSource<ProcessResult> _answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
#pragma warning disable IDISP006, IDISP003 // the poll thread closes them one by one, as each end is reached
    private StdinFeed _stdin = new(process.Stdin, spec.Stdin);
    private OutputDrain _stdout = new(process.Stdout, spec.MaxStdoutBytes);
    private OutputDrain _stderr = new(process.Stderr, spec.MaxStderrBytes);
    private int _pidDescriptor = process.PidDescriptor;
    private PollLoop? _loop;
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private ProcessEnd? _verdict;
    private long _killedAt;
    private int _killErrno;
    private volatile bool _cancelRaised;
    private volatile bool _timerRaised;

    public Task<ProcessResult> Answer => _answer.Task;

    public bool IsWatched => _loop is not null;

    /// <summary>Reaped: nothing of it is left in this process.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The caller has its answer; what is left, if anything, is to reap.</summary>
    public bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>Called once, when the poll thread takes it over.</summary>
    public void Begin(PollLoop loop)
    {
        _loop = loop;
        if (spec.Deadline != Timeout.InfiniteTimeSpan)
            SetTimer(Rest(spec.Deadline, startedAt));
        _registration = cancel.UnsafeRegister(static run => ((ProcessRun)run!).RaiseCancel(), this);
        _stdin.Write();
    }

    /// <summary>Looks at the flags.</summary>
    public void Attend()
    {
        if (IsOver)
            return;

        if (_cancelRaised && _verdict is null)
            Kill(ProcessEnd.Cancelled);

        if (_timerRaised)
            OnTimer();
    }

    public void Kill(ProcessEnd verdict)
    {
        if (_verdict is not null)
            return;

        _verdict = verdict;
        _killedAt = time.GetTimestamp();
        _killErrno = ProcessSignals.KillGroup(process.Pid, _pidDescriptor);
        _stdin.Close();
        SetTimer(KillGrace);
    }

    /// <summary>
    /// Something about this run alone went wrong: its caller learns it now, the process is killed, and reaped as any
    /// other.
    /// </summary>
    public void Fail(Exception cause) =>
        Fail(
            new ProcessRunnerException(
                $"{spec.Path} (pid {process.Pid}) was killed: {cause.Message}",
                runnerIsDead: false,
                cause
            )
        );

    /// <inheritdoc cref="Fail(Exception)"/>
    public void Fail(ProcessRunnerException cause)
    {
        _answer.TrySetException(cause);
        Kill(ProcessEnd.Cancelled);
        _stdout.Close();
        _stderr.Close();
    }

    /// <summary>Says what to wait for, in the order in which <see cref="Advance"/> reads the answers.</summary>
    public void Describe(Span<PollEntry> entries)
    {
        entries[0] = new PollEntry { Fd = _stdin.Fd, Wanted = ProcessCalls.PollOut };
        entries[1] = new PollEntry { Fd = _stdout.Fd, Wanted = ProcessCalls.PollIn };
        entries[2] = new PollEntry { Fd = _stderr.Fd, Wanted = ProcessCalls.PollIn };
        entries[3] = new PollEntry { Fd = _pidDescriptor, Wanted = ProcessCalls.PollIn };
    }

    public void Advance(ReadOnlySpan<PollEntry> entries, Span<byte> scratch)
    {
        if (entries[0].Found != 0)
            _stdin.Write();
        if (entries[1].Found != 0)
            ReadStdout(scratch);
        if (entries[2].Found != 0)
            _stderr.Read(scratch);
        if (entries[3].Found != 0)
            OnExit(scratch);
    }

    /// <summary>
    /// Ends it without a poll thread: fails the caller at once, kills the group, and waits until it is gone.
    /// </summary>
    public void Abort(ProcessRunnerException cause)
    {
        _answer.TrySetException(cause);
        KillNow();
    }

    /// <summary>
    /// The same for a run that came too late to be watched: its caller gets the answer of a cancelled one.
    /// </summary>
    public void AbortAsCancelled()
    {
        _verdict = ProcessEnd.Cancelled;
        KillNow();
        _answer.TrySetResult(Result(ProcessCalls.SignalKill, TimeSpan.Zero));
    }

    private void KillNow()
    {
        if (IsOver)
            return;

        ProcessStarter.KillAndReap(process.Pid, _pidDescriptor);
        Release();
    }

    private void RaiseCancel()
    {
        _cancelRaised = true;
        _loop?.Attend(this);
    }

    private void RaiseTimer()
    {
        _timerRaised = true;
        _loop?.Attend(this);
    }

    private void SetTimer(TimeSpan rest)
    {
        rest = rest < LongestTimer ? rest : LongestTimer;
        if (_timer is null)
            _timer = time.CreateTimer(
                static run => ((ProcessRun)run!).RaiseTimer(),
                this,
                rest,
                Timeout.InfiniteTimeSpan
            );
        else
            _timer.Change(rest, Timeout.InfiniteTimeSpan);
    }

    // Timers come early by a tick, or for the first day of many, or late by a change: the clock decides.
    private void OnTimer()
    {
        _timerRaised = false;
        var rest = _verdict is null ? Rest(spec.Deadline, startedAt) : Rest(KillGrace, _killedAt);
        if (rest > TimeSpan.Zero)
            SetTimer(rest < ShortestTimer ? ShortestTimer : rest);
        else if (_verdict is null)
            Kill(ProcessEnd.DeadlinePassed);
        else
            AnswerWithoutEnd();
    }

    private TimeSpan Rest(TimeSpan allowed, long since)
    {
        var rest = allowed - time.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    private void ReadStdout(Span<byte> scratch)
    {
        _stdout.Read(scratch);
        if (_stdout.HasOverflowed)
            KillForOutput();
    }

    private void KillForOutput()
    {
        _stdout.Close();
        Kill(ProcessEnd.OutputTooLarge);
    }

    // The leader has written all it ever will; what others hold open does not keep us.
    private void OnExit(Span<byte> scratch)
    {
        _stdout.ReadRest(scratch);
        _stderr.ReadRest(scratch);
        if (_stdout.HasOverflowed)
            KillForOutput();

        var reaped = ProcessCalls.Wait(process.Pid, out var status, ProcessCalls.WaitNoHang, out var usage);
        if (reaped == 0)
            return; // not yet, a tracer has it: poll says so again

        var errno = reaped < 0 ? Marshal.GetLastPInvokeError() : 0;
        Release(); // before the answer: who has it finds nothing left
        if (errno == 0)
            _answer.TrySetResult(Result(status, usage.Cpu));
        else
            _answer.TrySetException(
                new ProcessRunnerException(
                    $"the exit status of {spec.Path} (pid {process.Pid}) is lost: {Errno.Describe(errno)}; "
                        + "something else in this process waits for all children",
                    runnerIsDead: false
                )
            );
    }

    /// <param name="status">As wait(2) encodes it: the low seven bits are the signal, or zero and then the next byte is
    /// the exit status.</param>
    private ProcessResult Result(int status, TimeSpan cpu)
    {
        var signal = status & 0x7f;
        var end = _verdict ?? (signal == 0 ? ProcessEnd.Exited : ProcessEnd.Signaled);
        var code = signal == 0 ? (status >> 8) & 0xff : signal;
        return new ProcessResult(end, code, _stdout.Content, _stderr.Content, time.GetElapsedTime(startedAt), cpu);
    }

    private void AnswerWithoutEnd()
    {
        var cause = _killErrno == 0 ? "" : $" ({Errno.Describe(_killErrno)})";
        _answer.TrySetResult(
            Result(ProcessCalls.SignalKill, TimeSpan.Zero) with
            {
                Explanation =
                    $"{spec.Path} (pid {process.Pid}) is still there {KillGrace.TotalSeconds} s after "
                    + $"SIGKILL{cause}; it is reaped when the kernel lets go of it",
            }
        );
        _stdout.Close();
        _stderr.Close();
    }

    /// <summary>
    /// The runner ends: what could not be killed until now is reaped if it can be, and left to init otherwise.
    /// </summary>
    public void LetGo()
    {
        if (IsOver)
            return;

        _ = ProcessCalls.Wait(process.Pid, out _, ProcessCalls.WaitNoHang, out _);
        Release();
    }

    private void Release()
    {
        IsOver = true;
        _stdin.Close();
        _stdout.Close();
        _stderr.Close();
        Descriptor.CloseNumber(_pidDescriptor);
        _pidDescriptor = -1;
        _timer?.Dispose();
        _registration.Unregister();
    }
}
