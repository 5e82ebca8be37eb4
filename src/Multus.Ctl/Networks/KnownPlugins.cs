using System.Collections.Frozen;
using Multus.Configuration;

namespace Multus.Ctl.Networks;

/// <summary>
/// The plugins of the CNI project and of its neighbourhood, with the keys that they read. Others may read others: what
/// is not known here is only said to be wrong when it looks like a slip.
/// </summary>
internal static class KnownPlugins
{
    private static readonly string[] OfEvery =
    [
        "cniVersion",
        "name",
        "type",
        "capabilities",
        "ipam",
        "dns",
        "prevResult",
        "args",
        "runtimeConfig",
        "cni.dev/valid-attachments",
    ];

    private static readonly string[] OfLists =
    [
        "cniVersion",
        "cniVersions",
        "name",
        "disableCheck",
        "disableGC",
        "loadOnlyInlinedPlugins",
        "plugins",
    ];

    private static readonly string[] Capabilities =
    [
        "portMappings",
        "ips",
        "mac",
        "infinibandGUID",
        "deviceID",
        "bandwidth",
        "ipRanges",
        "dns",
        "aliases",
        "cgroupPath",
        "CNIDeviceInfoFile",
    ];

    private static readonly FrozenDictionary<string, string[]> KeysOfType = new Dictionary<string, string[]>
    {
        ["bridge"] = Words(
            "bridge isGateway isDefaultGateway forceAddress ipMasq ipMasqBackend mtu hairpinMode promiscMode vlan "
                + "vlanTrunk preserveDefaultVlan macspoofchk enabledad disableContainerInterface portIsolation mac"
        ),
        ["macvlan"] = Words("master mode mtu mac linkInContainer bcqueuelen"),
        ["ipvlan"] = Words("master mode mtu linkInContainer"),
        ["vlan"] = Words("master vlanId mtu linkInContainer"),
        ["ptp"] = Words("ipMasq ipMasqBackend mtu"),
        ["host-device"] = Words("device hwaddr kernelpath pciBusID deviceID mac"),
        ["tap"] = Words("multiQueue owner group selinuxContext mac bridge mtu"),
        ["dummy"] = [],
        ["loopback"] = [],
        ["sriov"] = Words(
            "deviceID pciBusID vlan vlanQoS vlanProto mac spoofchk trust link_state min_tx_rate max_tx_rate logLevel "
                + "logFile"
        ),
        ["portmap"] = Words("snat masqAll markMasqBit externalSetMarkChain conditionsV4 conditionsV6 backend"),
        ["bandwidth"] = Words("ingressRate ingressBurst egressRate egressBurst unshapedSubnets shapedSubnets"),
        ["firewall"] = Words("backend iptablesAdminChainName firewalldZone ingressPolicy"),
        ["tuning"] = Words("sysctl mac promisc mtu allmulti txQLen dataDir"),
        ["sbr"] = Words("table"),
        ["vrf"] = Words("vrfname table"),
        ["bond"] = Words("mode failOverMac linksInContainer miimon mtu links allSlavesActive txHashPolicy"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> KeysOfIpam = new Dictionary<string, string[]>
    {
        ["host-local"] = Words("type ranges routes dataDir resolvConf subnet rangeStart rangeEnd gateway"),
        ["static"] = Words("type addresses routes dns"),
        ["dhcp"] = Words("type daemonSocketPath request provide priority"),
        ["whereabouts"] = Words(
            "type name range range_start range_end exclude ipRanges gateway network_name enable_overlapping_ranges "
                + "datastore kubernetes log_file log_level configuration_path routes dns addresses sleep_for_race "
                + "overlapping_ranges reconciler_cron_expression leader_lease_duration leader_renew_deadline "
                + "leader_retry_period node_slice_size optimistic_ipam"
        ),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] OtherTypes = Words(
        "passthru ovs ib-sriov calico calico-ipam flannel cilium-cni weave-net kube-ovn antrea ovn-k8s-cni-overlay "
            + "route-override userspace rdma accelerated-bridge netdevice afxdp multus multus-shim"
    );

    private static readonly FrozenSet<string> AnyKey = KeysOfType
        .Values.Concat(KeysOfIpam.Values)
        .SelectMany(keys => keys)
        .Concat(OfEvery)
        .Concat(OfLists)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<string> ListKeys => OfLists;

    public static IReadOnlyList<string> KnownCapabilities => Capabilities;

    /// <summary>All names of plugins that are known, those of IPAM among them.</summary>
    public static IEnumerable<string> Types => KeysOfType.Keys.Concat(KeysOfIpam.Keys).Concat(OtherTypes);

    public static bool IsKnown(string type) => Types.Contains(type);

    /// <summary>What may have been meant by a key of a plugin's; null when it is known, or like none.</summary>
    public static string? KeyMeantBy(string key, string type) =>
        KeysOfType.TryGetValue(type, out var keys) ? Meant(key, keys.Concat(OfEvery)) : null;

    /// <summary>The same of a key of an ipam object.</summary>
    public static string? IpamKeyMeantBy(string key, string type) =>
        KeysOfIpam.TryGetValue(type, out var keys) ? Meant(key, keys) : null;

    /// <summary>The same of a key of a list, where case counts.</summary>
    public static string? ListKeyMeantBy(string key) =>
        OfLists.Contains(key, StringComparer.Ordinal)
            ? null
            : OfLists.FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase))
                ?? Meant(key, OfLists);

    /// <summary>The same of a name of a plugin.</summary>
    /// <param name="there">Names of plugins that are on the node.</param>
    public static string? TypeMeantBy(string type, IEnumerable<string> there) => NearestOf(type, there.Concat(Types));

    /// <summary>The same of a capability.</summary>
    public static string? CapabilityMeantBy(string capability) =>
        Capabilities.Contains(capability, StringComparer.Ordinal) ? null : NearestOf(capability, Capabilities);

    private static string? Meant(string key, IEnumerable<string> known) =>
        AnyKey.Contains(key) ? null : NearestOf(key, known);

    // In a short word, a second letter makes another word of it.
    private static string? NearestOf(string word, IEnumerable<string> known) =>
        Spelling.Nearest(word, known) is { } near
        && (word.Length > 4 || Spelling.Distance(word.ToLowerInvariant(), near.ToLowerInvariant()) <= 1)
            ? near
            : null;

    private static string[] Words(string text) => text.Split(' ');
}
