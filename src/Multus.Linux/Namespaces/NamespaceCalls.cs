using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Namespaces;

/// <summary>The calls about namespaces, setns(2) and ioctl_ns(2).</summary>
internal static partial class NamespaceCalls
{
    public const int NetworkNamespaceType = 0x40000000; // CLONE_NEWNET
    public const nuint GetNamespaceType = 0xb703;       // NS_GET_NSTYPE: _IO(0xb7, 0x3), <linux/nsfs.h>

    /// <summary>0 or errno.</summary>
    public static int Enter(Descriptor ns) => SetNamespace(ns, NetworkNamespaceType) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Which kind of namespace the descriptor is, as a CLONE_NEW… flag; negative for anything that is none.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(Descriptor fd, nuint request);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Descriptor fd, int type);
}
