using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multus.Linux.Native;

/// <summary>
/// An open file descriptor with one owner. Disposing closes it; a forgotten one is closed by the finalizer.
/// </summary>
internal sealed partial class Descriptor : SafeHandleMinusOneIsInvalid
{
    private const int OpenReadOnly = 0;
    private const int OpenNonBlocking = 0x800;
    private const int OpenCloseOnExec = 0x80000;

    public Descriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number itself, valid until this is disposed.</summary>
    public int Number => (int)handle;

    /// <summary>
    /// Opens a path for reading, to learn about it or to flush a folder. Does not block on a FIFO.
    /// The caller checks <see cref="SafeHandle.IsInvalid"/> and takes errno from
    /// <see cref="Marshal.GetLastPInvokeError"/>.
    /// </summary>
    public static Descriptor Open(string path) =>
        new(OpenFile(path, OpenReadOnly | OpenNonBlocking | OpenCloseOnExec, 0));

    /// <summary>Closes a number that no <see cref="Descriptor"/> owns; -1 is fine.</summary>
    public static void CloseNumber(int fd)
    {
        if (fd >= 0)
            _ = Close(fd); // on Linux the number is free again whatever close answers
    }

    protected override bool ReleaseHandle() => Close((int)handle) == 0;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
