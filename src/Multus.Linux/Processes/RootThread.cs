using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Multus.Linux.Processes;

/// <summary>
/// Starts processes in another root. Root and working directory belong to a thread here: this one has its own
/// (unshare(2), CLONE_FS), which its children inherit, while no other thread of the process ever changes its own and
/// nobody waits for a lock. There is one for each root, as long as the process lives.
/// <para>Where the root has the /proc of another process namespace, the children have this process's own in its place:
/// plugins look up their network namespace there by their process ID. The mount is this thread's, no one else sees
/// it.</para>
/// </summary>
internal sealed class RootThread
{
    private static readonly ConcurrentDictionary<string, Lazy<RootThread>> All = new(StringComparer.Ordinal);

    private readonly BlockingCollection<Job> _jobs = [];
    private readonly string _root;
    private bool _isUnshared;
    private bool _isInside;

    private RootThread(string root)
    {
        _root = root;
        // A thread of the pool would give its root to whoever has it next.
        new Thread(Work) { IsBackground = true, Name = $"root {root}" }.Start();
    }

    public static RootThread Of(string root) =>
        All.GetOrAdd(root, static path => new Lazy<RootThread>(() => new RootThread(path))).Value;

    /// <summary>As <see cref="ProcessStarter.Start"/>; errno is also that of a root that cannot be entered.</summary>
    public int Start(ProcessSpec spec, out StartedProcess started)
    {
        using var job = new Job(spec);
        _jobs.Add(job);
        job.Ended.Wait();
        job.Failure?.Throw();
        started = job.Started;
        return job.Errno;
    }

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            try
            {
                job.Errno = Enter();
                if (job.Errno == 0)
                {
                    job.Errno = ProcessStarter.StartHere(job.Spec, out var started);
                    job.Started = started;
                }
            }
            catch (Exception e)
            {
                job.Failure = ExceptionDispatchInfo.Capture(e); // its caller's, who has asked for it
            }
            finally
            {
                job.Ended.Set();
            }
        }
    }

    // What could not be entered once may be there the next time.
    private int Enter()
    {
        if (_isInside)
            return 0;
        if (!_isUnshared && ProcessCalls.Unshare(ProcessCalls.OwnFileSystemView) != 0)
            return Marshal.GetLastPInvokeError();
        _isUnshared = true;
        if (HasOthersProcesses() && MountOwnProcesses() is var refused and not 0)
            return refused;
        if (ProcessCalls.ChangeRoot(_root) != 0 || ProcessCalls.ChangeFolder("/") != 0)
            return Marshal.GetLastPInvokeError();
        _isInside = true;
        return 0;
    }

    private bool HasOthersProcesses() =>
        new FileInfo(Path.Join(_root, "/proc/self")).LinkTarget is { } seen
        && seen != Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    // As a slave of all mounts, so that those made on the node are still seen, and this one is not seen there.
    private int MountOwnProcesses() =>
        ProcessCalls.Unshare(ProcessCalls.OwnMounts) == 0
        && ProcessCalls.Mount("none", "/", null, ProcessCalls.MountSlave, 0) == 0
        && ProcessCalls.Mount("/proc", Path.Join(_root, "/proc"), null, ProcessCalls.MountBind, 0) == 0
            ? 0
            : Marshal.GetLastPInvokeError();

    private sealed class Job(ProcessSpec spec) : IDisposable
    {
        public ProcessSpec Spec { get; } = spec;

        public ManualResetEventSlim Ended { get; } = new();

        public int Errno { get; set; }

        public StartedProcess Started { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }

        public void Dispose() => Ended.Dispose();
    }
}
