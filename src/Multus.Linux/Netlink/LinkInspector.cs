using System.Globalization;
using Multus.Linux.Namespaces;
using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>
/// Asks the kernel, by rtnetlink. Opens the socket inside the namespace and talks from outside of it. Free of state:
/// any thread, any number.
/// </summary>
public sealed class LinkInspector : ILinkInspector
{
    /// <summary>
    /// A dump during which links came or went is partial; a namespace that never holds still is a bug of somebody else.
    /// </summary>
    private const int MostDumps = 10;

    /// <inheritdoc/>
    public bool LinkExists(string netNsPath, string ifName)
    {
        using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
        return Find(socket, ifName) is not null;
    }

    /// <inheritdoc/>
    public string? IdentityOf(string netNsPath)
    {
        using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
        return socket.NamespaceCookie()?.ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LinkInfo> ListLinks(string netNsPath)
    {
        for (var dumps = 1; ; dumps++)
        {
            using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
            try
            {
                return Dump(socket);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EINTR && dumps < MostDumps) { }
        }
    }

    /// <inheritdoc/>
    public ILinkWatch Watch(string netNsPath) => NetworkNamespace.Run(netNsPath, LinkWatch.Open);

    /// <summary>
    /// The link of this name, or alternative name; null when there is none. Where the kernel (6.8 and newer) still has
    /// to act on its carrier, it has done so.
    /// </summary>
    internal static LinkInfo? Find(NetlinkSocket socket, string ifName)
    {
        LinkInfo? found = null;
        try
        {
            socket.Ask(
                LinkMessage.GetLink,
                dump: false,
                LinkMessage.RequestByName(ifName),
                $"RTM_GETLINK {ifName}",
                (header, payload) =>
                {
                    if (header.Type == LinkMessage.NewLink)
                        found = LinkMessage.Read(payload);
                }
            );
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            return null;
        }

        return found;
    }

    internal static List<LinkInfo> Dump(NetlinkSocket socket)
    {
        var links = new List<LinkInfo>();
        socket.Ask(
            LinkMessage.GetLink,
            dump: true,
            LinkMessage.RequestAll(),
            "RTM_GETLINK of all links",
            (header, payload) =>
            {
                if (header.Type == LinkMessage.NewLink)
                    links.Add(LinkMessage.Read(payload));
            }
        );
        links.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return links;
    }
}
