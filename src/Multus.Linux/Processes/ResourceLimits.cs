using System.Globalization;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>How much of what the kernel counts this process may have, and what to say when it has it all.</summary>
public static partial class ResourceLimits
{
    private const int OpenFilesResource = 7; // RLIMIT_NOFILE, the same on every architecture that .NET runs on
    private const int ProcessesResource = 6; // RLIMIT_NPROC

    /// <summary>How many descriptors this process may have open.</summary>
    public static long OpenFiles => Soft(OpenFilesResource);

    /// <summary>
    /// Whether an errno says that there is not enough of something at this moment: later there may be.
    /// </summary>
    public static bool IsShortage(int errno) => errno is Errno.EAGAIN or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM;

    /// <summary>
    /// What would do, and which limit has been reached; null if the errno is none of those of <see cref="IsShortage"/>.
    /// </summary>
    internal static string? Explain(int errno) =>
        errno switch
        {
            Errno.EAGAIN => $"end what plugins have left running, or raise the limit of processes: {ProcessLimit()}",
            Errno.EMFILE => string.Create(
                CultureInfo.InvariantCulture,
                $"raise the daemon's limit of open files (RLIMIT_NOFILE): it is {OpenFiles}"
            ),
            Errno.ENFILE => "the node has as many files open as it may; raise the sysctl fs.file-max",
            Errno.ENOMEM => "there is no memory left for it, in the daemon's cgroup or on the node",
            _ => null,
        };

    private static string ProcessLimit() =>
        CgroupProcesses.Read() is { } group && group.Current >= group.Max - 1 // the one that was refused is not counted
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"pids.max of the daemon's cgroup is {group.Max}, {group.Current} are there"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"pids.max of a cgroup above the daemon's, RLIMIT_NPROC ({Name(Soft(ProcessesResource))}), or the "
                    + $"sysctl kernel.pid_max"
            );

    private static string Name(long limit) =>
        limit == long.MaxValue ? "unlimited" : limit.ToString(CultureInfo.InvariantCulture);

    private static long Soft(int resource) =>
        GetLimit(resource, out var limit) == 0 ? (long)Math.Min(limit.Current, long.MaxValue) : long.MaxValue;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    // struct rlimit of a 64-bit machine: two unsigned longs, the soft limit and the hard one.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly ulong Current;
        public readonly ulong Max;
    }
}
