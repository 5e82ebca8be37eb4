using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Namespaces;

/// <summary>The calls about namespaces, setns(2) and ioctl_ns(2).</summary>
internal static partial class NamespaceCalls
{
    public const int NetworkNamespaceType = 0x40000000; // CLONE_NEWNET
    public const long NamespaceFileSystem = 0x6e736673; // NSFS_MAGIC, <linux/magic.h>

    // Struct statfs: 120 bytes with glibc and musl; f_type, a long, is the first.
    public const int FileSystemStatusSize = 256;
    public const nuint GetNamespaceType = 0xb703; // NS_GET_NSTYPE: _IO(0xb7, 0x3), <linux/nsfs.h>

    /// <summary>0 or errno.</summary>
    public static int Enter(Descriptor ns) =>
        SetNamespace(ns, NetworkNamespaceType) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Which kind of namespace the descriptor is, as a CLONE_NEW… flag; negative for anything that is none.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(Descriptor fd, nuint request);

    /// <summary>Which file system a path leads to, without opening what is there. 0, or -1 and errno.</summary>
    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int FileSystemStatus(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Descriptor fd, int type);
}
