using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Namespaces;

/// <summary>Entering network namespaces. A namespace belongs to a thread, so what runs inside must be synchronous.</summary>
public static class NetworkNamespace
{
    private const string Own = "/proc/thread-self/ns/net";

    /// <summary>
    /// Runs the work on the calling thread inside the namespace at the path, and returns when the thread is back in its own. A thread that cannot
    /// come back would go on configuring the network of a pod for whoever runs on it next: then the process ends, loudly.
    /// </summary>
    /// <param name="path">A namespace file: below /var/run/netns, or /proc/{pid}/ns/net.</param>
    /// <exception cref="NamespaceException">It could not be entered; the work has not run.</exception>
    /// <exception cref="ArgumentException">The work is asynchronous: it would go on, on another thread, in another namespace.</exception>
    public static T Run<T>(string path, Func<T> work)
    {
        if (typeof(T).IsAssignableTo(typeof(Task)) || typeof(T) == typeof(ValueTask))
            throw new ArgumentException($"work in network namespace {path} is asynchronous: it would leave the thread, and so the namespace", nameof(work));

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
                Environment.FailFast($"A thread that worked in network namespace {path} cannot return to its own: {Errno.Describe(errno)}");
        }
    }

    /// <summary>Whether there is a network namespace at the path. False for nothing, and for anything else.</summary>
    /// <exception cref="NamespaceException">It cannot be told: no permission, no descriptors left.</exception>
    public static bool IsNamespace(string path)
    {
        using var descriptor = Descriptor.Open(path);
        if (!descriptor.IsInvalid)
            return IsNetwork(descriptor);

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ENXIO or Errno.ENODEV
            ? false
            : throw new NamespaceException(path, errno, "cannot be opened");
    }

    private static Descriptor Open(string path)
    {
        var descriptor = Descriptor.Open(path);
        if (descriptor.IsInvalid)
            throw new NamespaceException(path, Marshal.GetLastPInvokeError(), "cannot be opened");

        if (IsNetwork(descriptor))
            return descriptor;

        descriptor.Dispose();
        throw new NamespaceException(path, 0, "what is there is not a network namespace; expected a file below /var/run/netns or /proc/{pid}/ns/net");
    }

    private static bool IsNetwork(Descriptor descriptor) =>
        NamespaceCalls.Control(descriptor, NamespaceCalls.GetNamespaceType) == NamespaceCalls.NetworkNamespaceType;
}
