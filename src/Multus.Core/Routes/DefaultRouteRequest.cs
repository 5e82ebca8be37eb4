using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Routes;

/// <summary>
/// What a pod's networks say of its default routes, by their <c>default-route</c> (attach.md §10.2). A gateway takes
/// over its own address family, from whichever interface has it; the other family is nobody's business. An empty list
/// chooses the network whose default routes, as its plugin made them, are the pod's (docs/decisions/0009): in the
/// families for which no gateway is named, and in which it has one.
/// </summary>
/// <param name="Gateways">At most one of each family.</param>
/// <param name="Chosen">Index of the attachment with the empty list, or null.</param>
public sealed record DefaultRouteRequest(ImmutableArray<DefaultGateway> Gateways, int? Chosen)
{
    /// <summary>Whether the default routes stay as the plugins made them.</summary>
    public bool IsNone => Gateways.IsEmpty && Chosen is null;

    public DefaultGateway? GatewayOf(AddressFamily family) =>
        Gateways.FirstOrDefault(gateway => gateway.Family == family);

    /// <exception cref="CniException">Code 7: two networks want the same, or a gateway is none.</exception>
    public static DefaultRouteRequest Of(ImmutableArray<PlannedAttachment> attachments)
    {
        var gateways = ImmutableArray.CreateBuilder<DefaultGateway>();
        int? chosen = null;
        for (var i = 0; i < attachments.Length; i++)
        {
            if (attachments[i].Selection?.DefaultRoute is not { } wanted)
                continue;
            if (wanted.IsEmpty && chosen is { } other)
            {
                throw Refused(
                    $"'default-route' is empty for network {attachments[other].DisplayName} and for network "
                        + $"{attachments[i].DisplayName}: only one can keep its default route",
                    "an empty list chooses the network whose default route the pod uses; remove it from all but one"
                );
            }

            if (wanted.IsEmpty)
                chosen = i;
            foreach (var text in wanted)
                Add(gateways, new DefaultGateway(i, Parse(text, attachments[i].DisplayName)), attachments);
        }

        return new DefaultRouteRequest(gateways.ToImmutable(), chosen);
    }

    private static void Add(
        ImmutableArray<DefaultGateway>.Builder gateways,
        DefaultGateway wanted,
        ImmutableArray<PlannedAttachment> attachments
    )
    {
        if (gateways.FirstOrDefault(gateway => gateway.Family == wanted.Family) is { } other)
        {
            var family = wanted.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
            throw Refused(
                $"multus does not support ECMP for default-route: two {family} gateways are asked for, "
                    + $"{other.Address} by network "
                    + $"{attachments[other.Attachment].DisplayName} and {wanted.Address} by network "
                    + $"{attachments[wanted.Attachment].DisplayName}",
                $"name one {family} gateway among all networks of the pod"
            );
        }

        gateways.Add(wanted);
    }

    private static IPAddress Parse(string text, string network)
    {
        var address = IpText.IsAddress(text) ? IpText.Parse(text) : throw Bad(text, network, "is no IP address");
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw Bad(text, network, "stands for no host");
        if (IPAddress.IsLoopback(address))
            throw Bad(text, network, "is the pod itself");
        var isGroup =
            address.IsIPv6Multicast
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);
        return isGroup ? throw Bad(text, network, "is no single host") : address;
    }

    private static CniException Bad(string text, string network, string problem) =>
        Refused(
            $"'default-route' of network {network} has \"{text}\", which {problem}",
            "name the IP address of a gateway on the network"
        );

    private static CniException Refused(string what, string remedy) =>
        new(CniErrorCode.InvalidNetworkConfig, what, remedy);
}
