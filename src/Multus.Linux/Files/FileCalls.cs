using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>The calls about files that .NET does not offer, or not with their errno.</summary>
internal static partial class FileCalls
{
    public const int CreateNewForWriting = 1 | 0x40 | 0x80 | 0x80000; // O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    public const int CurrentFolder = -100; // AT_FDCWD
    public const uint WantType = 1; // STATX_TYPE
    public const uint WantInode = 0x100; // STATX_INO
    public const int FileTypeMask = 0xf000; // S_IFMT
    public const int RegularFile = 0x8000; // S_IFREG
    public const int StatSize = 256; // struct statx
    public const int StatModeOffset = 28; // stx_mode, __u16
    public const int StatInodeOffset = 32; // stx_ino, __u64
    public const int StatDeviceMajorOffset = 136; // stx_dev_major, __u32
    public const int StatDeviceMinorOffset = 140; // stx_dev_minor, __u32
    private const nint SystemCallOpenAt2 = 437;

    public const int StatFsSize = 120; // struct statfs; f_type comes first

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, uint mode);

    /// <summary>openat2(2), which libc does not have; the number is the same on every architecture.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    /// <param name="how">struct open_how: flags, mode, resolve.</param>
    public static unsafe int OpenHow(Descriptor folder, string path, ReadOnlySpan<ulong> how)
    {
        fixed (ulong* block = how)
            return (int)OpenHow(SystemCallOpenAt2, folder.Number, path, block, (nuint)(how.Length * sizeof(ulong)));
    }

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial nint OpenHow(nint number, int folder, string path, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(Descriptor file, int command, ReadOnlySpan<byte> argument);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(Descriptor file, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(Descriptor file, ReadOnlySpan<byte> data, nint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(Descriptor file, Span<byte> buffer, nint length);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int NotifyInit(int flags);

    [LibraryImport(
        "libc",
        EntryPoint = "inotify_add_watch",
        StringMarshalling = StringMarshalling.Utf8,
        SetLastError = true
    )]
    public static partial int NotifyAdd(Descriptor queue, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int FileSystem(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(Descriptor file);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "symlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Link(string target, string path);

    [LibraryImport("libc", EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Status(int folder, string path, int flags, uint mask, Span<byte> status);
}
