using Multus.Linux.Native;

namespace Multus.Linux.Namespaces;

/// <summary>A network namespace could not be entered. Nothing was done in it, and the thread is where it was.</summary>
/// <param name="path">What was to be entered.</param>
/// <param name="errno">0 when something else than a network namespace was found there.</param>
public sealed class NamespaceException(string path, int errno, string problem)
    : Exception(
        errno == 0
            ? $"network namespace {path}: {problem}"
            : $"network namespace {path}: {problem}: {Native.Errno.Describe(errno)}"
    )
{
    public string Path { get; } = path;

    public int Errno { get; } = errno;

    /// <summary>Whether there is nothing at the path: the sandbox is gone, which DEL takes for done.</summary>
    public bool IsMissing => Errno is Native.Errno.ENOENT or Native.Errno.ENOTDIR;
}
