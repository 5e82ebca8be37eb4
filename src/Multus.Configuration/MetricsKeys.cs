using System.Net;

namespace Multus.Configuration;

/// <summary>
/// Keys <c>metricsPort</c> and <c>metricsAddress</c>: where figures are served over HTTP, beside the socket. Upstream
/// has the first, and listens on all addresses of the node (wire-and-daemon.md §7.3); here that is a choice.
/// </summary>
/// <param name="Port">The TCP port.</param>
/// <param name="Address">One address of the node; <see cref="IPAddress.IPv6Any"/>: all of them; null: those of
/// localhost.</param>
public sealed record MetricsKeys(int Port, IPAddress? Address)
{
    private const string PortKey = "metricsPort";
    private const string AddressKey = "metricsAddress";
    private const string Localhost = "localhost";
    private const string All = "*";

    /// <summary>Whether nobody but this machine reaches it; the daemon's is the pod's, or the node's with
    /// hostNetwork.</summary>
    public bool IsLocal => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>For messages: "localhost:9091", "*:9091", "[fd00::1]:9091".</summary>
    public string Text =>
        Address is null ? $"{Localhost}:{Port}"
        : Address.Equals(IPAddress.IPv6Any) ? $"{All}:{Port}"
        : new IPEndPoint(Address, Port).ToString();

    internal static MetricsKeys? Read(KeyReader keys)
    {
        var (port, address) = (keys.Number(PortKey, 0), keys.Text(AddressKey, Localhost));
        keys.Require(PortKey, port <= IPEndPoint.MaxPort, $"must be a TCP port, at most {IPEndPoint.MaxPort}");
        IPAddress? parsed = null;
        keys.Require(
            AddressKey,
            address is Localhost or All || IPAddress.TryParse(address, out parsed),
            $"must be an IP address of the node, {Localhost}, or {All} for all addresses"
        );
        if (port == 0)
            return null;
        return new MetricsKeys(port, address == All ? IPAddress.IPv6Any : parsed);
    }
}
