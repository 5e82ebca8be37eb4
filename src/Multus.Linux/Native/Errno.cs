using System.Runtime.InteropServices;

namespace Multus.Linux.Native;

/// <summary>
/// Error numbers of the kernel (asm-generic/errno-base.h, errno.h; the same on every architecture that .NET runs on)
/// and their texts.
/// </summary>
public static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int ENOEXEC = 8;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ETXTBSY = 26;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int EPIPE = 32;
    public const int ENAMETOOLONG = 36;
    public const int ENOTEMPTY = 39;
    public const int ELOOP = 40;
    public const int EMSGSIZE = 90;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;
    public const int EHOSTUNREACH = 113;

    /// <summary>
    /// The kernel's text and, so that it can be looked up, the name or number: <c>No such file or directory
    /// (ENOENT)</c>.
    /// </summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({NameOf(errno)})";

    private static string NameOf(int errno) =>
        errno switch
        {
            EPERM => nameof(EPERM),
            ENOENT => nameof(ENOENT),
            ESRCH => nameof(ESRCH),
            EINTR => nameof(EINTR),
            EIO => nameof(EIO),
            ENXIO => nameof(ENXIO),
            ENOEXEC => nameof(ENOEXEC),
            ELOOP => nameof(ELOOP),
            ECHILD => nameof(ECHILD),
            EAGAIN => nameof(EAGAIN),
            ENOMEM => nameof(ENOMEM),
            EACCES => nameof(EACCES),
            EBUSY => nameof(EBUSY),
            EEXIST => nameof(EEXIST),
            ENODEV => nameof(ENODEV),
            ENOTDIR => nameof(ENOTDIR),
            EISDIR => nameof(EISDIR),
            EINVAL => nameof(EINVAL),
            ENFILE => nameof(ENFILE),
            EMFILE => nameof(EMFILE),
            ETXTBSY => nameof(ETXTBSY),
            ENOSPC => nameof(ENOSPC),
            EROFS => nameof(EROFS),
            EPIPE => nameof(EPIPE),
            ENAMETOOLONG => nameof(ENAMETOOLONG),
            ENOTEMPTY => nameof(ENOTEMPTY),
            EMSGSIZE => nameof(EMSGSIZE),
            ENETDOWN => nameof(ENETDOWN),
            ENETUNREACH => nameof(ENETUNREACH),
            ENOBUFS => nameof(ENOBUFS),
            ETIMEDOUT => nameof(ETIMEDOUT),
            EHOSTUNREACH => nameof(EHOSTUNREACH),
            _ => $"errno {errno}",
        };
}
