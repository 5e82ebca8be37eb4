using System.Runtime.InteropServices;
using Multus.Linux.Files;
using Multus.Linux.Native;

namespace Multus.Linux.Namespaces;

/// <summary>
/// Entering network namespaces. A namespace belongs to a thread, so what runs inside must be synchronous.
/// </summary>
public static class NetworkNamespace
{
    private const string Own = "/proc/thread-self/ns/net";

    /// <summary>
    /// Runs the work on the calling thread inside the namespace at the path, and returns when the thread is back in its
    /// own. A thread that cannot come back would go on configuring the network of a pod for whoever runs on it next:
    /// then the process ends, loudly.
    /// </summary>
    /// <param name="path">A namespace file: below /var/run/netns, or /proc/{pid}/ns/net.</param>
    /// <exception cref="NamespaceException">It could not be entered; the work has not run.</exception>
    /// <exception cref="ArgumentException">The work is asynchronous: it would go on, on another thread, in another
    /// namespace.</exception>
    public static T Run<T>(string path, Func<T> work)
    {
        if (typeof(T).IsAssignableTo(typeof(Task)) || typeof(T) == typeof(ValueTask))
            throw new ArgumentException(
                $"work in network namespace {path} is asynchronous: it would leave the thread, and so the namespace",
                nameof(work)
            );

        using var own = Open(Own);
        using var target = Open(path);
        var errno = NamespaceCalls.Enter(target);
        if (errno != 0)
            throw new NamespaceException(path, errno, "cannot be entered");

        try
        {
            return work();
        }
        finally
        {
            errno = NamespaceCalls.Enter(own);
            if (errno != 0)
                Environment.FailFast(
                    $"A thread that worked in network namespace {path} cannot return to its own: "
                        + $"{Errno.Describe(errno)}"
                );
        }
    }

    /// <summary>
    /// Whether there is a network namespace at the path. False for nothing, and for anything else; that is told by its
    /// file system, for to open a device or a FIFO may do more than look.
    /// </summary>
    /// <exception cref="NamespaceException">It cannot be told: no permission, no descriptors left.</exception>
    public static bool IsNamespace(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return false; // no path at all; the kernel would see its beginning

        Span<byte> status = stackalloc byte[NamespaceCalls.FileSystemStatusSize];
        if (NamespaceCalls.FileSystemStatus(path, status) != 0)
            return IsNothing(path, "cannot be looked at");
        if (BitConverter.ToInt64(status) != NamespaceCalls.NamespaceFileSystem)
            return false;

        using var descriptor = Descriptor.Open(path);
        return descriptor.IsInvalid ? IsNothing(path, "cannot be opened") : IsNetwork(descriptor);
    }

    /// <summary>
    /// Whether the path leads to the network namespace in which this process is. False for nothing, and for anything
    /// else.
    /// </summary>
    /// <exception cref="NamespaceException">As <see cref="IsNamespace"/>.</exception>
    public static bool IsOwn(string path) =>
        IsNamespace(path) && FileIdentity(path) is { } one && one == FileIdentity(Own);

    /// <summary>
    /// The inode of the namespace at the path: no other namespace has it as long as this one is there. Null when there
    /// is none.
    /// </summary>
    /// <exception cref="NamespaceException">As <see cref="IsNamespace"/>.</exception>
    public static ulong? InodeOf(string path) => IsNamespace(path) ? FileIdentity(path)?.Inode : null;

    // Always false: there is nothing. What cannot be told is an error.
    private static bool IsNothing(string path, string problem)
    {
        var errno = Marshal.GetLastPInvokeError();
        return
            errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ENXIO or Errno.ENODEV or Errno.ENAMETOOLONG or Errno.ELOOP
            ? false
            : throw new NamespaceException(path, errno, problem);
    }

    private static (uint Major, uint Minor, ulong Inode)? FileIdentity(string path)
    {
        Span<byte> status = stackalloc byte[FileCalls.StatSize];
        if (FileCalls.Status(FileCalls.CurrentFolder, path, 0, FileCalls.WantInode, status) != 0)
            return null; // gone meanwhile

        return (
            BitConverter.ToUInt32(status[FileCalls.StatDeviceMajorOffset..]),
            BitConverter.ToUInt32(status[FileCalls.StatDeviceMinorOffset..]),
            BitConverter.ToUInt64(status[FileCalls.StatInodeOffset..])
        );
    }

    private static Descriptor Open(string path)
    {
        Span<byte> status = stackalloc byte[NamespaceCalls.FileSystemStatusSize];
        if (NamespaceCalls.FileSystemStatus(path, status) != 0)
            throw new NamespaceException(path, Marshal.GetLastPInvokeError(), "cannot be opened");
        if (BitConverter.ToInt64(status) != NamespaceCalls.NamespaceFileSystem)
            throw NoNetworkNamespace(path);

        var descriptor = Descriptor.Open(path);
        if (descriptor.IsInvalid)
            throw new NamespaceException(path, Marshal.GetLastPInvokeError(), "cannot be opened");

        if (IsNetwork(descriptor))
            return descriptor;

        descriptor.Dispose();
        throw NoNetworkNamespace(path);
    }

    private static NamespaceException NoNetworkNamespace(string path) =>
        new(
            path,
            0,
            "what is there is not a network namespace; expected a file below /var/run/netns or /proc/{pid}/ns/net"
        );

    private static bool IsNetwork(Descriptor descriptor) =>
        NamespaceCalls.Control(descriptor, NamespaceCalls.GetNamespaceType) == NamespaceCalls.NetworkNamespaceType;
}
