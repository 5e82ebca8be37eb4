using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// Reads small files whole. Whoever may write into a folder may put a FIFO or a device there, of which a plain read
/// never ends or fills the memory: such a thing, or a link to one, is refused by name, and no file is read beyond a
/// bound.
/// </summary>
public static class RegularFile
{
    /// <summary>Far above what any of our files has.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int FirstBuffer = 4096;

    /// <param name="maxBytes">A file that has more is refused.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IrregularFileException">It is no regular file.</exception>
    /// <exception cref="IOException">It cannot be read, or has too many bytes. Names the path.</exception>
    public static byte[] Read(string path, int maxBytes = MaxBytes)
    {
        // Before it is opened: opening a device can do something.
        RequireRegular(FileStatus.Find(path) ?? throw Missing(path), path);
        using var file = Descriptor.Open(path);
        if (file.IsInvalid)
            throw Marshal.GetLastPInvokeError() == Errno.ENOENT
                ? Missing(path)
                : new FileException("open", path, Marshal.GetLastPInvokeError());
        var status = FileStatus.Of(file, path);
        RequireRegular(status, path); // and after: it may have been exchanged in between
        if (status.Length > maxBytes)
            throw TooLong(path, status.Length, maxBytes);

        var buffer = new byte[Math.Max((int)status.Length, FirstBuffer) + 1];
        var length = 0;
        while (Fill(file, buffer.AsSpan(length), path) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
                throw TooLong(path, length, maxBytes);
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxBytes + 1));
        }

        return buffer[..length];
    }

    private static int Fill(Descriptor file, Span<byte> buffer, string path)
    {
        while (true)
        {
            var read = FileCalls.Read(file, buffer, buffer.Length);
            if (read >= 0)
                return (int)read;
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw new FileException("read", path, Marshal.GetLastPInvokeError());
        }
    }

    private static void RequireRegular(FileStatus status, string path)
    {
        if (status.Kind != FileKind.RegularFile)
            throw new IrregularFileException(path, status.Kind);
    }

    private static FileNotFoundException Missing(string path) => new($"cannot read {path}: it does not exist", path);

    private static IOException TooLong(string path, long length, int maxBytes) =>
        new($"cannot read {path}: it has {length} bytes, at most {maxBytes} are allowed");
}
