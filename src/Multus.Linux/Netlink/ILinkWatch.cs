namespace Multus.Linux.Netlink;

/// <summary>
/// Hears of every link that comes into one network namespace, from the moment it was opened. For one caller at a time.
/// </summary>
public interface ILinkWatch : IDisposable
{
    /// <summary>
    /// Ends when a link with this name has come since the watch was opened; at once, should it have come already.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel tells no more.</exception>
    Task SeenAsync(string ifName, CancellationToken cancel);
}
