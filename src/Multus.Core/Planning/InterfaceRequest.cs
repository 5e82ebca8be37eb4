using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Json;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// The interface that a hot-plug client wants for a running pod (wire-and-daemon.md §3.5). Checked: addresses and MAC
/// are valid.
/// </summary>
/// <param name="Network">The delegate's own configuration, as the client gave it.</param>
/// <param name="Ips">Addresses or CIDRs, verbatim; empty when none.</param>
/// <param name="Mac">In lower case, <c>null</c> for whatever the plugin chooses.</param>
/// <param name="CniArgs">An object, to be merged into every plugin's <c>args.cni</c>.</param>
public sealed record InterfaceRequest(
    NetworkConfiguration Network,
    ImmutableArray<string> Ips,
    string? Mac,
    JsonElement? CniArgs
)
{
    /// <exception cref="CniException">Code 7: an address or the MAC does not parse; the text shows it.</exception>
    public static InterfaceRequest Of(
        NetworkConfiguration network,
        ImmutableArray<string> ips,
        string? mac,
        JsonElement? cniArgs
    )
    {
        foreach (var ip in ips)
        {
            if (!IpText.IsAddressOrCidr(ip))
                throw Invalid($"'ips': failed to parse CIDR/IP address \"{JsonText.Excerpt(ip)}\"");
        }

        if (mac is not null && !HardwareAddressText.IsValid(mac))
            throw Invalid($"'mac' is \"{JsonText.Excerpt(mac)}\", must be 6, 8 or 20 bytes like 02:00:00:00:00:01");
        return new InterfaceRequest(network, ips, mac is null ? null : HardwareAddressText.Normal(mac), cniArgs);
    }

    /// <summary>The same request in the words of a pod's annotation.</summary>
    internal NetworkSelection AsSelection(string podNamespace, string ifName) =>
        new(podNamespace, Network.Name, ifName, Ips, Mac, null, null, null, null, CniArgs, null);

    private static CniException Invalid(string problem) =>
        new(CniErrorCode.InvalidNetworkConfig, $"interfaceAttributes: {problem}");
}
