using System.Collections.Frozen;
using Multus.Cni.Configurations;

namespace Multus.Cni.Runtime;

/// <summary>
/// Which binaries a network needs, so that one that is missing is found out before any has run. Pure.
/// </summary>
public static class RequiredPlugins
{
    // Those that are known to run the plugin of their ipam.type from CNI_PATH. Others have a type there that is no
    // binary of this node: their own agent hands out the addresses, or runs it elsewhere.
    private static readonly FrozenSet<string> RunIpamPlugin = FrozenSet.Create(
        StringComparer.Ordinal,
        "bridge",
        "macvlan",
        "ipvlan",
        "ptp",
        "vlan",
        "host-device",
        "tap",
        "dummy",
        "sriov",
        "ib-sriov",
        "ovs",
        "bond"
    );

    /// <summary>
    /// The types of its plugins and of their IPAM plugins, each once, in the order of the chain; without the
    /// <see cref="BuiltInPlugins"/>.
    /// </summary>
    public static IEnumerable<string> Of(NetworkConfiguration network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network
            .Plugins.SelectMany(plugin =>
                plugin.IpamType.Length > 0 && RunIpamPlugin.Contains(plugin.Type)
                    ? [plugin.Type, plugin.IpamType]
                    : new[] { plugin.Type }
            )
            .Where(type => !BuiltInPlugins.Has(type))
            .Distinct();
    }
}
