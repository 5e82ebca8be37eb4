using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>
/// CNI configurations of real plugins and of steered ones. Bridges and parents are links of the node's own namespace:
/// no name can clash.
/// </summary>
public sealed class Networks(NodeFolders folders)
{
    /// <summary>The newest version that the reference plugins know.</summary>
    public static string PluginVersion => Requirements.PluginVersion;

    /// <summary>A bridge with host-local addresses.</summary>
    /// <param name="subnet">Such as 10.10.0.0/16.</param>
    /// <param name="more">Further members of the configuration, each with a comma in front.</param>
    public string Bridge(string name, string bridge, string subnet, string more = "", string? version = null) =>
        $$"""{"cniVersion":"{{version ?? PluginVersion}}","name":"{{name}}","type":"bridge","ipam":{{HostLocal(subnet)}},"bridge":"{{bridge}}"{{more}} }""";

    /// <summary>The same as the first of a list of plugins, followed by another.</summary>
    public string BridgeList(string name, string bridge, string subnet, string secondPlugin, string? version = null) =>
        $$"""{"cniVersion":"{{version ?? PluginVersion}}","name":"{{name}}","plugins":[{"type":"bridge","ipam":{{HostLocal(subnet)}},"bridge":"{{bridge}}"},{{secondPlugin}}]}""";

    /// <summary>macvlan in bridge mode over a link of the node, with the addresses that the pod asks for.</summary>
    public static string MacVlanWithAskedAddresses(string name, string parent, string? version = null) =>
        $$"""{"cniVersion":"{{version ?? PluginVersion}}","name":"{{name}}","type":"macvlan","master":"{{parent}}","mode":"bridge","ipam":{"type":"static"},"capabilities":{"ips":true,"mac":true} }""";

    public string MacVlan(string name, string parent, string subnet, string? version = null) =>
        $$"""{"cniVersion":"{{version ?? PluginVersion}}","name":"{{name}}","type":"macvlan","master":"{{parent}}","ipam":{{HostLocal(subnet)}},"mode":"bridge"}""";

    public static string Steered(string name, string type, string? version = null) =>
        $$"""{"cniVersion":"{{version ?? PluginVersion}}","name":"{{name}}","type":"{{type}}"}""";

    private string HostLocal(string subnet) =>
        $$"""{"type":"host-local","subnet":"{{subnet}}","dataDir":"{{folders.Ipam}}"}""";
}
