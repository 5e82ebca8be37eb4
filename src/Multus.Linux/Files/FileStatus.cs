using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// What a path leads to, as far as it can be known without opening it: opening a FIFO or a device may hang, or do
/// something.
/// </summary>
/// <param name="Device">Of the file system that it is on.</param>
/// <param name="Mount">The mount that it was reached through; 0 where the kernel does not say.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Modified">When its content was last written, in nanoseconds of Unix time.</param>
/// <param name="Changed">When anything of it was last changed, in nanoseconds of Unix time; unlike
/// <paramref name="Modified"/> nobody can set it.</param>
public readonly record struct FileStatus(
    FileKind Kind,
    ulong Device,
    ulong Inode,
    ulong Mount,
    uint Links,
    long Length,
    long Modified,
    long Changed
)
{
    private const int FollowLinks = 0;
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint Wanted = 0x7ff | 0x1000; // STATX_BASIC_STATS, STATX_MNT_ID
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>What is at the end of the path, through links; null when nothing is.</summary>
    /// <exception cref="FileException">It cannot be known.</exception>
    public static FileStatus? Find(string path) => Find(FileCalls.CurrentFolder, path, FollowLinks, path);

    /// <summary>What is at the path itself, be it a link.</summary>
    /// <exception cref="FileException">It cannot be known.</exception>
    public static FileStatus? FindLink(string path) => Find(FileCalls.CurrentFolder, path, NoFollow, path);

    /// <exception cref="FileException">It cannot be known.</exception>
    internal static FileStatus Of(Descriptor file, string path) =>
        Find(file.Number, "", EmptyPath, path) ?? throw new FileException("look at", path, Errno.ENOENT);

    private static FileStatus? Find(int folder, string path, int flags, string shown)
    {
        Span<byte> status = stackalloc byte[FileCalls.StatSize];
        if (FileCalls.Status(folder, path, flags, Wanted, status) == 0)
            return Read(status);
        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw new FileException("look at", shown, errno);
    }

    // struct statx: mask 0, nlink 16 (u32), mode 28 (u16), ino 32 (u64), size 40 (u64), ctime 96 and mtime 112 (s64
    // seconds, u32 nanoseconds), dev 136 (u32 major, u32 minor), mnt_id 144 (u64).
    private static FileStatus Read(ReadOnlySpan<byte> status)
    {
        const uint hasMount = 0x1000;
        return new FileStatus(
            KindOf(BinaryPrimitives.ReadUInt16LittleEndian(status[FileCalls.StatModeOffset..])),
            ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[136..]) << 32)
                | BinaryPrimitives.ReadUInt32LittleEndian(status[140..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[32..]),
            (BinaryPrimitives.ReadUInt32LittleEndian(status) & hasMount) == 0
                ? 0
                : BinaryPrimitives.ReadUInt64LittleEndian(status[144..]),
            BinaryPrimitives.ReadUInt32LittleEndian(status[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[40..]),
            TimeAt(status[112..]),
            TimeAt(status[96..])
        );
    }

    private static long TimeAt(ReadOnlySpan<byte> time) =>
        (BinaryPrimitives.ReadInt64LittleEndian(time) * NanosecondsPerSecond)
        + BinaryPrimitives.ReadUInt32LittleEndian(time[8..]);

    private static FileKind KindOf(ushort mode) =>
        (mode & FileCalls.FileTypeMask) switch
        {
            FileCalls.RegularFile => FileKind.RegularFile,
            0x4000 => FileKind.Folder,
            0xa000 => FileKind.Link,
            0x1000 => FileKind.Fifo,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            0xc000 => FileKind.Socket,
            _ => FileKind.Unknown,
        };
}
