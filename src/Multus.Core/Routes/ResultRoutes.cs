using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Multus.Cni.Results;
using Multus.Core.Networks;

namespace Multus.Core.Routes;

/// <summary>
/// The default routes in plugins' results: finding them, and making results say what is true after a take-over
/// (attach.md §10.2).
/// </summary>
internal static class ResultRoutes
{
    private const long MainTable = 254;

    /// <summary>
    /// Whether the route is a default route of the main table, in any spelling (0.0.0.0/0, ::/0, ::0/0).
    /// </summary>
    public static bool IsDefault(CniRoute route, AddressFamily family) =>
        route.Table is null or 0 or MainTable
        && IpText.IsDefaultRoute(route.Dst)
        && IpText.Parse(IpText.WithoutPrefix(route.Dst)).AddressFamily == family;

    /// <summary>
    /// Where a plugin's default route of this family leads: its own gateway or, as plugins have it, that of an address.
    /// Null when there is none.
    /// </summary>
    public static IPAddress? DefaultGatewayOf(CniResult result, AddressFamily family)
    {
        if (result.Routes.FirstOrDefault(route => IsDefault(route, family)) is not { } route)
            return null;
        return GatewayIn(route.Gw) ?? GatewaysOf(result, family).FirstOrDefault();
    }

    /// <summary>The gateways of a result's addresses.</summary>
    public static IEnumerable<IPAddress> GatewaysOf(CniResult result, AddressFamily family) =>
        result
            .Ips.Select(ip => GatewayIn(ip.Gateway))
            .OfType<IPAddress>()
            .Where(gateway => gateway.AddressFamily == family);

    /// <summary>Null for none, which some plugins write as 0.0.0.0 or ::.</summary>
    public static IPAddress? GatewayIn(string? text)
    {
        var gateway = string.IsNullOrEmpty(text) ? null : IpText.Parse(text);
        return gateway is null || gateway.Equals(IPAddress.Any) || gateway.Equals(IPAddress.IPv6Any) ? null : gateway;
    }

    public static CniResult WithoutDefault(CniResult result, AddressFamily family) =>
        result.Routes.Any(route => IsDefault(route, family))
            ? result with
            {
                Routes = [.. result.Routes.Where(route => !IsDefault(route, family))],
            }
            : result;

    /// <summary>
    /// With this default route of its family, and no other. One that the plugin said already keeps its place and what
    /// else it said. Versions 0.1.0 and 0.2.0 say routes below an address of their family: where there is none, this
    /// one cannot be said.
    /// </summary>
    public static CniResult WithDefault(CniResult result, IPAddress gateway)
    {
        var routes = ImmutableArray.CreateBuilder<CniRoute>();
        var isSaid = false;
        foreach (var route in result.Routes)
        {
            if (!IsDefault(route, gateway.AddressFamily))
                routes.Add(route);
            else if (!isSaid && gateway.Equals(GatewayIn(route.Gw)))
            {
                routes.Add(route);
                isSaid = true;
            }
        }

        if (!isSaid)
            routes.Add(
                new CniRoute(
                    gateway.AddressFamily == AddressFamily.InterNetwork ? "0.0.0.0/0" : "::/0",
                    gateway.ToString()
                )
            );
        return routes.SequenceEqual(result.Routes) ? result : result with { Routes = routes.ToImmutable() };
    }
}
