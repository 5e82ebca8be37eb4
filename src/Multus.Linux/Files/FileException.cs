using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>A step on a durable file failed. What was at the path before is still there, whole.</summary>
public sealed class FileException(string action, string path, int errno)
    : IOException($"cannot {action} {path}: {Native.Errno.Describe(errno)}")
{
    public string Path { get; } = path;

    public int Errno { get; } = errno;

    /// <summary>Whether the file, or a folder on the way to it, is not there.</summary>
    public bool IsMissing => Errno == Native.Errno.ENOENT;
}
