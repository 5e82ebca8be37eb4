using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// A file that several processes write to the end of, at once: each write is behind all that were there before
/// (open(2), O_APPEND). .NET's own appending writes to where the end was when the file was opened.
/// </summary>
public sealed class AppendedFile : IDisposable
{
    private const int AppendOrMake = 1 | 0x40 | 0x400 | 0x80000; // O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC

    private readonly Descriptor _file;
    private readonly string _path;

    private AppendedFile(Descriptor file, string path) => (_file, _path) = (file, path);

    /// <param name="path">The file; it is made when it is missing, its folder is not.</param>
    /// <param name="mode">Permissions of a file that is made.</param>
    /// <exception cref="FileException">It cannot be opened.</exception>
    public static AppendedFile Open(string path, UnixFileMode mode)
    {
        var file = new Descriptor(FileCalls.Open(path, AppendOrMake, (uint)mode));
        if (!file.IsInvalid)
            return new AppendedFile(file, path);

        file.Dispose();
        throw new FileException("open", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Writes all of it, in one call to the kernel as long as there is room on the disk.</summary>
    /// <exception cref="FileException">It is not there, or not all of it.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var written = FileCalls.Write(_file, content, content.Length);
            if (written >= 0)
                content = content[(int)written..];
            else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw new FileException("write", _path, Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => _file.Dispose();
}
