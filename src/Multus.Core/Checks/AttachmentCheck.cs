using System.Net;
using System.Net.Sockets;
using Multus.Cni.Results;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Checks;

/// <summary>
/// Whether a pod's network namespace still has what a network's plugins said they made there: interfaces, their
/// addresses, routes. Only what is certain counts, for a pod must not be torn down by mistake:
/// <list type="bullet">
/// <item>An interface that is a socket or a device (DPDK, vhost-user) need not be a link; without its link, nothing
/// more is known of the attachment.</item>
/// <item>A prefix length may be another: plugins narrow it. An address without an interface may be anywhere.</item>
/// <item>A route without a table may be in any: plugins of the chain move routes. One without a gateway leads through
/// that of an address, or is on the link.</item>
/// </list>
/// </summary>
public static class AttachmentCheck
{
    /// <param name="result">What the plugins said, as the result cache has it.</param>
    /// <param name="hasTrueDefaultRoutes">False when the result may name default routes that never were.</param>
    /// <returns>What is gone: "route 10.1.0.0/16 via 10.9.0.1"; null when all is there.</returns>
    public static string? FindMissing(
        PlannedAttachment attachment,
        CniResult result,
        ObservedNamespace found,
        bool hasTrueDefaultRoutes = true
    )
    {
        if (!hasTrueDefaultRoutes)
            result = DefaultGateway.Families.Aggregate(result, ResultRoutes.WithoutDefault);

        var links = new HashSet<string>(StringComparer.Ordinal);
        foreach (var of in result.Interfaces.Where(of => !string.IsNullOrEmpty(of.Sandbox)))
        {
            if (found.Links.Contains(of.Name))
                links.Add(of.Name);
            else if (IsLinkForCertain(of, attachment))
                return $"interface {of.Name}";
        }

        // Before 0.3.0 results have no interfaces: what is known is what the plugin was told.
        if (result.Interfaces.IsEmpty && found.Links.Contains(attachment.Parameters.IfName))
            links.Add(attachment.Parameters.IfName);
        return links.Count == 0
            ? null
            : FindMissingAddress(result, links, found) ?? FindMissingRoute(result, links, found);
    }

    // What a plugin says to be in another namespace than it was told of is not looked for here, unless it has the name
    // that it was told.
    private static bool IsLinkForCertain(CniInterface of, PlannedAttachment attachment) =>
        string.IsNullOrEmpty(of.SocketPath)
        && string.IsNullOrEmpty(of.PciId)
        && (of.Name == attachment.Parameters.IfName || of.Sandbox == attachment.Parameters.NetNs);

    private static string? FindMissingAddress(CniResult result, HashSet<string> links, ObservedNamespace found)
    {
        foreach (var ip in result.Ips)
        {
            var address = IpText.Parse(IpText.WithoutPrefix(ip.Address));
            var link = LinkOf(ip, result);
            if (link is not null && !links.Contains(link))
                continue; // of the host, or of an interface that is no link

            if (!found.Addresses.Any(own => own.Address.Equals(address) && (link is null || own.Link == link)))
                return link is null ? $"address {ip.Address}" : $"address {ip.Address} of interface {link}";
        }

        return null;
    }

    // Plugins that only assign addresses point at interfaces that another one reports; they may point at none.
    private static string? LinkOf(CniIp ip, CniResult result) =>
        ip.Interface is { } index && index >= 0 && index < result.Interfaces.Length
            ? result.Interfaces[index].Name
            : null;

    private static string? FindMissingRoute(CniResult result, HashSet<string> links, ObservedNamespace found)
    {
        foreach (var route in result.Routes)
        {
            var slash = route.Dst.IndexOf('/', StringComparison.Ordinal);
            var network = IpText.Parse(route.Dst[..slash]);
            var length = int.Parse(route.Dst.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture);
            if (
                network.AddressFamily == AddressFamily.InterNetwork
                && route.Dst.Contains(':', StringComparison.Ordinal)
            )
                length = Math.Max(0, length - 96); // IPv4 inside IPv6
            var destination = Masked(network, length);
            var candidates = found.Routes.Where(own =>
                own.PrefixLength == length && own.Destination.Equals(destination) && IsInTable(own, route)
            );
            if (!candidates.Any(own => Leads(own, route, result, links)))
            {
                return $"route {(length == 0 ? $"default ({route.Dst})" : route.Dst)}"
                    + (route.Gw is { } gw ? $" via {gw}" : "")
                    + (route.Table is { } table ? $" in table {table}" : "");
            }
        }

        return null;
    }

    private static bool IsInTable(ObservedRoute own, CniRoute route) =>
        route.Table is null or 0 || own.Table == route.Table;

    private static bool Leads(ObservedRoute own, CniRoute route, CniResult result, HashSet<string> links)
    {
        if (ResultRoutes.GatewayIn(route.Gw) is { } gateway)
            return own.Hops.Any(hop => gateway.Equals(hop.Gateway));

        var usual = ResultRoutes.GatewaysOf(result, own.Destination.AddressFamily).ToHashSet();
        return own.Hops.Any(hop =>
            links.Contains(hop.Link) && (hop.Gateway is null || usual.Count == 0 || usual.Contains(hop.Gateway))
        );
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(length - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }
}
