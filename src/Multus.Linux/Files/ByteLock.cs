using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// The right to one byte of a file, against everybody who asks for the same: other processes, and other holders in this
/// one. The kernel takes it back when the process ends, however it ends. The file stays empty.
/// </summary>
/// <remarks>
/// An open file description lock (fcntl(2), F_OFD_SETLK): it belongs to the descriptor, so closing another descriptor
/// of the file does not lose it, and a child that is executed does not inherit it.
/// </remarks>
public sealed class ByteLock : IDisposable
{
    private const int OpenOrMake = 2 | 0x40 | 0x80000; // O_RDWR | O_CREAT | O_CLOEXEC
    private const int SetLock = 37; // F_OFD_SETLK
    private const short WriteLock = 1; // F_WRLCK

    private readonly Descriptor _file;

    private ByteLock(Descriptor file) => _file = file;

    /// <summary>Takes the byte if nobody has it; does not wait.</summary>
    /// <param name="path">The file; it is made when it is missing, its folder is not.</param>
    /// <param name="at">Which byte, from 0 up to 2^63 - 2. There need not be one.</param>
    /// <param name="mode">Permissions of a file that is made.</param>
    /// <returns>Null: somebody has it.</returns>
    /// <exception cref="FileException">The file cannot be opened, or its file system has no such locks.</exception>
    public static ByteLock? TryTake(string path, long at, UnixFileMode mode)
    {
        var file = new Descriptor(FileCalls.Open(path, OpenOrMake, (uint)mode));
        if (file.IsInvalid)
        {
            file.Dispose();
            throw new FileException("open lock file", path, Marshal.GetLastPInvokeError());
        }

        if (FileCalls.Control(file, SetLock, Request(at)) == 0)
            return new ByteLock(file);

        var errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        return errno is Errno.EAGAIN or Errno.EACCES ? null : throw new FileException("lock", path, errno);
    }

    /// <summary>Gives the byte back.</summary>
    public void Dispose() => _file.Dispose();

    /*
        struct flock { short l_type; short l_whence; off_t l_start; off_t l_len; pid_t l_pid; }
        of a 64-bit machine, host byte order, <fcntl.h>; l_whence 0 is SEEK_SET, l_pid has to be 0
    */
    private static byte[] Request(long at)
    {
        var request = new byte[32];
        BinaryPrimitives.WriteInt16LittleEndian(request, WriteLock);
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(8), at);
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(16), 1);
        return request;
    }
}
