using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>
/// The kernel refused a netlink request, or did not answer it. The socket is closed; the next request opens its own.
/// </summary>
public sealed class NetlinkException(int errno, string request)
    : Exception($"netlink {request}: {Native.Errno.Describe(errno)}")
{
    public int Errno { get; } = errno;

    /// <summary>What was asked, with its subject: <c>RTM_GETLINK eth0</c>.</summary>
    public string Request { get; } = request;

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public bool IsTransient =>
        Errno
            is Native.Errno.EAGAIN
                or Native.Errno.EINTR
                or Native.Errno.EBUSY
                or Native.Errno.ENOBUFS
                or Native.Errno.ENOMEM
                or Native.Errno.ETIMEDOUT;
}
