using System.Globalization;
using Multus.Linux.Namespaces;
using Multus.Linux.Native;

namespace Multus.Linux.Netlink;

/// <summary>Asks the kernel, by rtnetlink. Opens the socket inside the namespace and talks from outside of it. Free of state: any thread, any number.</summary>
public sealed class LinkInspector : ILinkInspector
{
    /// <summary>A dump during which links came or went is partial; a namespace that never holds still is a bug of somebody else.</summary>
    private const int MostDumps = 10;

    /// <inheritdoc/>
    public bool LinkExists(string netNsPath, string ifName)
    {
        using var socket = NetworkNamespace.Run(netNsPath, NetlinkSocket.Open);
        var found = false;
        try
        {
            socket.Ask(
                LinkMessage.GetLink,
                dump: false,
                LinkMessage.RequestByName(ifName),
                $"RTM_GETLINK {ifName}",
                (header, _) => found |= header.Type == LinkMessage.NewLink);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }

        return found;
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
            catch (NetlinkException e) when (e.Errno == Errno.EINTR && dumps < MostDumps)
            {
            }
        }
    }

    internal static List<LinkInfo> Dump(NetlinkSocket socket)
    {
        var links = new List<LinkInfo>();
        socket.Ask(LinkMessage.GetLink, dump: true, LinkMessage.RequestAll(), "RTM_GETLINK of all links", (header, payload) =>
        {
            if (header.Type == LinkMessage.NewLink)
                links.Add(LinkMessage.Read(payload));
        });
        links.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return links;
    }
}
