using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// Says which names in a folder have changed since it was last asked (inotify(7)). The kernel queues an event before
/// the call that made the change returns, so what was changed before the question is in the answer. It is silent on
/// writes through another name or mount of a file, through a link that leads out of the folder, and through mapped
/// memory. Not thread-safe.
/// </summary>
public sealed class FolderChanges : IDisposable
{
    // IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF,
    // IN_MOVE_SELF, IN_ONLYDIR
    private const uint Mask = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000000;

    // IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED.
    private const uint Lost = 0x400 | 0x800 | 0x2000 | 0x4000 | 0x8000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int HeaderSize = 16; // s32 wd, u32 mask, u32 cookie, u32 length of the name
    private const int BufferSize = 64 * 1024;

    private readonly Descriptor _queue;
    private readonly string _folder;
    private readonly byte[] _buffer = new byte[BufferSize];

    private FolderChanges(Descriptor queue, string folder)
    {
        _queue = queue;
        _folder = folder;
    }

    /// <summary>Begins to listen; what is changed from now on is told.</summary>
    /// <exception cref="FileException">The kernel refuses, or has no more watches to give.</exception>
    public static FolderChanges Watch(string folder)
    {
        var queue = new Descriptor(FileCalls.NotifyInit(NonBlockingCloseOnExec));
        if (queue.IsInvalid)
            throw new FileException("make a change queue for", folder, Marshal.GetLastPInvokeError());
        if (FileCalls.NotifyAdd(queue, folder, Mask) >= 0)
            return new FolderChanges(queue, folder);

        var errno = Marshal.GetLastPInvokeError();
        queue.Dispose();
        throw new FileException("watch", folder, errno);
    }

    /// <summary>
    /// Whether every change in the folder goes through this kernel. On a network file system, or one that another
    /// machine writes to, it may not, and then nothing is told.
    /// </summary>
    public static bool AreTold(string folder)
    {
        Span<byte> status = stackalloc byte[FileCalls.StatFsSize];
        return FileCalls.FileSystem(folder, status) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(status)
                is 0xef53 // ext2, ext3, ext4
                    or 0x58465342 // XFS
                    or 0x9123683e // btrfs
                    or 0x01021994 // tmpfs
                    or 0x858458f6 // ramfs
                    or 0x794c7630 // overlayfs
                    or 0xf2f52010 // F2FS
                    or 0x2fc12fc1 // ZFS
                    or 0xca451a4e // bcachefs
                    or 0x4d44 // FAT
                    or 0x2011bab0; // exFAT
    }

    /// <summary>Adds the names that have changed since the last call.</summary>
    /// <returns>False when changes were lost, or the folder is not where it was: then everything may have changed, and
    /// nothing more is told.</returns>
    /// <exception cref="FileException">The queue cannot be read.</exception>
    public bool TryTake(ISet<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        while (true)
        {
            var read = FileCalls.Read(_queue, _buffer, _buffer.Length);
            if (read <= 0)
            {
                return Marshal.GetLastPInvokeError() switch
                {
                    Errno.EAGAIN => true,
                    Errno.EINTR => TryTake(names),
                    var errno => throw new FileException("read the changes of", _folder, errno),
                };
            }

            if (!TryRead(_buffer.AsSpan(0, (int)read), names))
                return false;
        }
    }

    public void Dispose() => _queue.Dispose();

    private static bool TryRead(ReadOnlySpan<byte> events, ISet<string> names)
    {
        while (events.Length >= HeaderSize)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(events[4..]) & Lost) != 0)
                return false;
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            var name = events.Slice(HeaderSize, length).TrimEnd((byte)0);
            if (!name.IsEmpty) // without one it is about the folder itself
                names.Add(Encoding.UTF8.GetString(name));
            events = events[(HeaderSize + length)..];
        }

        return true;
    }
}
