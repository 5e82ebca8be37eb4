using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// Paths as a process with another root sees them: links, absolute ones too, lead to what is below that root
/// (openat2(2), RESOLVE_IN_ROOT).
/// </summary>
public static class RootedPath
{
    private const int PathOnly = 0x200000 | 0x80000; // O_PATH, O_CLOEXEC
    private const ulong InRoot = 0x10; // RESOLVE_IN_ROOT

    /// <summary>Where something below a root is for this process, every link followed.</summary>
    /// <param name="root">The root; empty or "/": this process's own.</param>
    /// <param name="path">Absolute, as seen below the root.</param>
    /// <returns>Null: there is nothing.</returns>
    /// <exception cref="FileException">It cannot be known.</exception>
    public static string? Find(string root, string path)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(path);
        using var top = new Descriptor(FileCalls.Open(root.Length == 0 ? "/" : root, PathOnly, 0));
        if (top.IsInvalid)
            throw new FileException("open", root, Marshal.GetLastPInvokeError());

        ReadOnlySpan<ulong> how = [PathOnly, 0, InRoot];
        using var found = new Descriptor(FileCalls.OpenHow(top, path.TrimStart('/') is "" ? "." : path, how));
        if (!found.IsInvalid)
            return File.ResolveLinkTarget($"/proc/self/fd/{found.Number}", returnFinalTarget: false)?.FullName;

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw new FileException("open", path, errno);
    }

    /// <summary>
    /// As <see cref="Find"/> for a folder that may have to be made: what of it is there is found, the rest is appended.
    /// </summary>
    /// <exception cref="FileException">It cannot be known.</exception>
    public static string Of(string root, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (root is null or "" or "/")
            return path;

        var rest = "";
        for (var there = path.TrimEnd('/'); there.Length > 0; there = Path.GetDirectoryName(there)!)
        {
            if (Find(root, there) is { } found)
                return Path.Join(found, rest);
            if (there == "/")
                break;
            rest = Path.Join(Path.GetFileName(there), rest);
        }

        return Path.Join(root, rest);
    }
}
