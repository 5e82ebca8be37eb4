using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// Starts a process with posix_spawn: no copy of our page tables, whatever our size, and all errors of exec are
/// returned. The child is the leader of its own process group, blocks no signal, has every signal at its default, and
/// has no descriptors but 0, 1 and 2.
/// </summary>
internal static unsafe class ProcessStarter
{
    private const int ActionsSize = 256; // posix_spawn_file_actions_t: 80 bytes with glibc and musl
    private const int AttributesSize = 512; // posix_spawnattr_t: 336 bytes with glibc and musl
    private const int SignalSetSize = 128; // sigset_t
    private const short SetGroup = 2;
    private const short SetSignalDefaults = 4;
    private const short SetSignalMask = 8;

    private static readonly nint Attributes = MakeAttributes();
    private static volatile bool _closeFromIsMissing;

    /// <summary>0 and a process, or errno and nothing left behind.</summary>
    public static int Start(ProcessSpec spec, out StartedProcess started) =>
        spec.Root.Length == 0 ? StartHere(spec, out started) : RootThread.Of(spec.Root).Start(spec, out started);

    /// <summary>The same with the root and the working directory of the calling thread.</summary>
    internal static int StartHere(ProcessSpec spec, out StartedProcess started)
    {
        Pipe stdin = new(),
            stdout = new(),
            stderr = new();
        started = default;
        try
        {
            var errno = stdin.Open();
            if (errno == 0)
                errno = stdout.Open();
            if (errno == 0)
                errno = stderr.Open();
            if (errno == 0)
                errno =
                    Spawn(spec, stdin.ReadEnd, stdout.WriteEnd, stderr.WriteEnd, out var pid, out var pidDescriptor)
                        is var spawned
                    && spawned == 0
                        ? Keep(pid, pidDescriptor, ref stdin, ref stdout, ref stderr, out started)
                        : spawned;
            return errno;
        }
        finally
        {
            stdin.Close();
            stdout.Close();
            stderr.Close();
        }
    }

    /// <summary>Kills a child that nobody watches, with its group, and waits for its end.</summary>
    public static void KillAndReap(int pid, int pidDescriptor)
    {
        _ = ProcessSignals.KillGroup(pid, pidDescriptor);
        Reap(pid);
    }

    private static void Reap(int pid)
    {
        while (ProcessCalls.Wait(pid, out _, 0, out _) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR) { }
    }

    private static int Keep(
        int pid,
        int pidDescriptor,
        ref Pipe stdin,
        ref Pipe stdout,
        ref Pipe stderr,
        out StartedProcess started
    )
    {
        started = new StartedProcess(
            pid,
            pidDescriptor,
            stdin.TakeWriteEnd(),
            stdout.TakeReadEnd(),
            stderr.TakeReadEnd()
        );
        return 0;
    }

    private static int Spawn(ProcessSpec spec, int stdin, int stdout, int stderr, out int pid, out int pidDescriptor)
    {
        pidDescriptor = -1;
        var actions = stackalloc byte[ActionsSize];
        var launch = new LaunchBlock(spec.Path, spec.Arguments, spec.Environment);
        var errno = ProcessCalls.InitActions(actions);
        try
        {
            pid = 0;
            if (errno == 0)
                errno = AddActions(actions, stdin, stdout, stderr);
            if (errno == 0)
                errno = ProcessCalls.Spawn(
                    out pid,
                    launch.Path,
                    actions,
                    (void*)Attributes,
                    launch.Arguments,
                    launch.Environment
                );
        }
        finally
        {
            _ = ProcessCalls.DestroyActions(actions);
            launch.Free();
        }

        return errno == 0 ? OpenPidDescriptor(pid, out pidDescriptor) : errno;
    }

    private static int AddActions(byte* actions, int stdin, int stdout, int stderr)
    {
        var errno = ProcessCalls.AddDuplicate(actions, stdin, 0);
        if (errno == 0)
            errno = ProcessCalls.AddDuplicate(actions, stdout, 1);
        if (errno == 0)
            errno = ProcessCalls.AddDuplicate(actions, stderr, 2);
        return errno == 0 ? AddCloseFrom(actions) : errno;
    }

    // All of ours are close-on-exec; this is for what we inherited from whoever started us. musl lacks it, and goes
    // without.
    private static int AddCloseFrom(byte* actions)
    {
        if (_closeFromIsMissing)
            return 0;

        try
        {
            return ProcessCalls.AddCloseFrom(actions, 3);
        }
        catch (EntryPointNotFoundException)
        {
            _closeFromIsMissing = true;
            return 0;
        }
    }

    private static int OpenPidDescriptor(int pid, out int descriptor)
    {
        descriptor = (int)ProcessCalls.SystemCall(ProcessCalls.SystemCallPidfdOpen, pid, 0);
        if (descriptor >= 0)
            return 0;

        var errno = Marshal.GetLastPInvokeError();
        // By number, for want of a descriptor: it has only just been started, and nobody else reaps it.
        _ = ProcessCalls.Kill(-pid, ProcessCalls.SignalKill);
        _ = ProcessCalls.Kill(pid, ProcessCalls.SignalKill);
        Reap(pid);
        return errno;
    }

    // Made once and only read from then on.
    private static nint MakeAttributes()
    {
        var attributes = NativeMemory.AllocZeroed(AttributesSize);
        var none = stackalloc byte[SignalSetSize];
        var all = stackalloc byte[SignalSetSize];
        new Span<byte>(none, SignalSetSize).Clear();
        new Span<byte>(all, SignalSetSize).Fill(0xff);
        Require(ProcessCalls.InitAttributes(attributes));
        Require(ProcessCalls.SetFlags(attributes, SetGroup | SetSignalDefaults | SetSignalMask));
        Require(ProcessCalls.SetGroup(attributes, 0)); // 0: a new group with the child's own id
        Require(ProcessCalls.SetSignalMask(attributes, none));
        Require(ProcessCalls.SetSignalDefaults(attributes, all));
        return (nint)attributes;
    }

    private static void Require(int errno)
    {
        if (errno != 0)
            throw new ProcessRunnerException(
                $"cannot prepare posix_spawn: {Errno.Describe(errno)}",
                runnerIsDead: true
            );
    }
}

/// <summary>A process that runs, and our ends of what connects us. The receiver closes all four and reaps it.</summary>
internal readonly record struct StartedProcess(int Pid, int PidDescriptor, int Stdin, int Stdout, int Stderr);
