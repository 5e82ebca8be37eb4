using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// The one thread that serves all running children: it sleeps in poll(2) until a pipe, a process descriptor or the wake
/// descriptor has something. If it ever fails, every run fails with it, at once and by name; nobody waits for a thread
/// that is gone.
/// </summary>
internal sealed class PollLoop : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly object _gate = new();
    private readonly ConcurrentQueue<ProcessRun> _inbox = new();
    private readonly List<ProcessRun> _runs = []; // the thread's own
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly Descriptor _wake;
    private readonly PollCall _poll;
    private readonly Thread _thread;
    private PollEntry[] _entries = GC.AllocateArray<PollEntry>(1 + 16 * ProcessRun.Entries, pinned: true);
    private int _starting; // under the gate
    private bool _closed; // under the gate
    private Exception? _death; // under the gate
    private int _wakeIsPending;

    public PollLoop(PollCall? poll = null)
    {
        _poll = poll ?? (static entries => ProcessCalls.Poll(entries, (nuint)entries.Length, -1));
        _wake = new Descriptor(ProcessCalls.EventDescriptor(0, ProcessCalls.CloseOnExec | ProcessCalls.NonBlocking));
        if (_wake.IsInvalid)
            throw new ProcessRunnerException(
                $"cannot make an eventfd: {Errno.Describe(Marshal.GetLastPInvokeError())}",
                runnerIsDead: true
            );

        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "processes" };
        _thread.Start();
    }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>Announces a start, so that <see cref="Dispose"/> waits for it. False: closed, start nothing.</summary>
    /// <exception cref="ProcessRunnerException">The thread has failed.</exception>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!IsOpen())
                return false;

            _starting++;
            return true;
        }
    }

    /// <summary>The start is over, whatever came of it.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_starting == 0)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Hands a started process to the thread. False: closed since, the caller ends it.</summary>
    /// <exception cref="ProcessRunnerException">The thread has failed; the caller ends the process.</exception>
    public bool TryWatch(ProcessRun run)
    {
        lock (_gate)
        {
            if (!IsOpen())
                return false;

            _inbox.Enqueue(run);
        }

        Wake();
        return true;
    }

    /// <summary>Has the thread look at a run that it watches. From any thread; after the end it does nothing.</summary>
    public void Attend(ProcessRun run)
    {
        _inbox.Enqueue(run);
        Wake();
    }

    /// <summary>Kills and reaps all that runs, then ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            while (_starting > 0)
                Monitor.Wait(_gate);
        }

        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private bool IsOpen() =>
        _death is null
            ? !_closed
            : throw new ProcessRunnerException(
                "the thread that watches processes has failed; nothing can be run any more",
                runnerIsDead: true,
                _death
            );

    private void Wake()
    {
        if (Interlocked.Exchange(ref _wakeIsPending, 1) != 0)
            return;

        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        try
        {
            var added = false;
            _wake.DangerousAddRef(ref added);
            _ = ProcessCalls.Write(_wake.Number, one, one.Length); // can only fail when it is awake already
            _wake.DangerousRelease();
        }
        catch (ObjectDisposedException)
        {
            // A timer that outlived the loop; there is nothing left to look at.
        }
    }

    private void Run()
    {
        try
        {
            while (!IsDone())
                Turn();
        }
        catch (Exception e) // the boundary of the thread: whatever it was, nobody goes on waiting for it
        {
            Collapse(e);
        }

        foreach (var run in _runs)
            run.LetGo();
    }

    private bool IsDone()
    {
        lock (_gate)
        {
            if (!_closed)
                return false;
        }

        TakeInbox();
        foreach (var run in _runs)
            run.Kill(ProcessEnd.Cancelled);
        return _runs.TrueForAll(run => run.IsAnswered);
    }

    private void Turn()
    {
        var entries = Describe();
        if (_poll(entries) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR)
                return;

            throw new IOException($"poll of {entries.Length} descriptors failed: {Errno.Describe(errno)}");
        }

        for (var i = 0; i < _runs.Count; i++)
            Advance(_runs[i], entries.Slice(1 + i * ProcessRun.Entries, ProcessRun.Entries));

        if (entries[0].Found != 0)
        {
            _ = ProcessCalls.Read(_wake.Number, _scratch, sizeof(ulong));
            TakeInbox();
        }

        _runs.RemoveAll(static run => run.IsOver);
    }

    private Span<PollEntry> Describe()
    {
        var count = 1 + _runs.Count * ProcessRun.Entries;
        if (_entries.Length < count)
            _entries = GC.AllocateArray<PollEntry>(2 * count, pinned: true);

        var entries = _entries.AsSpan(0, count);
        entries[0] = new PollEntry { Fd = _wake.Number, Wanted = ProcessCalls.PollIn };
        for (var i = 0; i < _runs.Count; i++)
            _runs[i].Describe(entries.Slice(1 + i * ProcessRun.Entries, ProcessRun.Entries));
        return entries;
    }

    private void TakeInbox()
    {
        Volatile.Write(ref _wakeIsPending, 0); // before the queue is read: who enqueues after this wakes us again
        while (_inbox.TryDequeue(out var run))
            LookAt(run);
    }

    private void LookAt(ProcessRun run)
    {
        try
        {
            if (!run.IsWatched)
            {
                _runs.Add(run);
                run.Begin(this);
            }

            run.Attend();
        }
        catch (Exception e) // the boundary of one run: its trouble is not the others'
        {
            run.Fail(e);
        }
    }

    private void Advance(ProcessRun run, ReadOnlySpan<PollEntry> entries)
    {
        try
        {
            run.Advance(entries, _scratch);
        }
        catch (Exception e) // as above
        {
            run.Fail(e);
        }
    }

    private void Collapse(Exception cause)
    {
        lock (_gate)
            _death = cause;

        while (_inbox.TryDequeue(out var run))
        {
            if (!run.IsWatched)
                _runs.Add(run);
        }

        var failure = new ProcessRunnerException(
            "the thread that watches processes has failed; what it watched is killed",
            runnerIsDead: true,
            cause
        );
        foreach (var run in _runs)
            run.Fail(failure);
        foreach (var run in _runs)
            run.Abort(failure);
    }
}

/// <summary>
/// poll(2) without a time limit: how many entries have something, or -1 with the last P/Invoke error set.
/// </summary>
internal delegate int PollCall(Span<PollEntry> entries);
