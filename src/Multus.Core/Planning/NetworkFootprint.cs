using System.Collections.Frozen;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Devices;

namespace Multus.Core.Planning;

/// <summary>
/// What one attachment touches in its pod, as far as that is known: its plugins, and all that its configuration and the
/// pod's wishes say of links, addresses and routes (docs/decisions/0022). It errs on one side only: what merely looks
/// like something shared counts as shared.
/// </summary>
internal sealed class NetworkFootprint
{
    private const string HostPorts = "portMappings";
    private const string Bridge = "bridge";
    private const string DefaultBridge = "cni0";
    private const string Loopback = "loopback";
    private const string Master = "master";

    /// <summary>Plugins that make one link, or bring one into the pod, and touch nothing beyond it there.</summary>
    private static readonly FrozenSet<string> MakeOneLink = FrozenSet.Create(
        StringComparer.Ordinal,
        Bridge,
        "macvlan",
        "ipvlan",
        "ptp",
        "host-device",
        "sriov",
        "ib-sriov",
        "vlan",
        "tap",
        "dummy",
        Loopback
    );

    /// <summary>Those of them that look for the link of a default route when none is named.</summary>
    private static readonly FrozenSet<string> NeedMaster = FrozenSet.Create(
        StringComparer.Ordinal,
        "macvlan",
        "ipvlan",
        "vlan"
    );

    /// <summary>Plugins that may follow in the chain: they work on the node's side of the link.</summary>
    private static readonly FrozenSet<string> WorkOnNode = FrozenSet.Create(
        StringComparer.Ordinal,
        "portmap",
        "bandwidth"
    );

    /// <summary>
    /// IPAM plugins that need nobody else. One that takes a lease of the whole cluster is slower when two of its
    /// networks ask at once.
    /// </summary>
    private static readonly FrozenSet<string> KnownIpam = FrozenSet.Create(
        StringComparer.Ordinal,
        "",
        "host-local",
        "static"
    );

    /// <summary>Members whose values name what can be shared: links, devices, VRFs, routing tables.</summary>
    private static readonly FrozenSet<string> NamingKeys = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        Master,
        Bridge,
        "device",
        "hwaddr",
        "kernelpath",
        "pciBusID",
        "deviceID",
        "vrf",
        "vrfname",
        "table",
        "link"
    );

    private readonly string _network;
    private readonly string _ifName;
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<AddressBlock> _blocks = [];
    private bool _asksForDefaultRoute;

    private NetworkFootprint(PlannedAttachment attachment)
    {
        _network = attachment.Configuration.Name;
        _ifName = attachment.Parameters.IfName;
        Unknown = attachment.RunsAlone ? "its definition says that it runs alone" : UnknownOf(attachment.Configuration);
        if (!IsKnown)
            return;

        foreach (var plugin in attachment.Configuration.Plugins)
            ReadPlugin(plugin);
        ReadRequests(attachment);
    }

    /// <summary>False when it may touch anything.</summary>
    public bool IsKnown => Unknown is null;

    /// <summary>Why it may touch anything; null when it may not.</summary>
    public string? Unknown { get; private set; }

    public static NetworkFootprint Of(PlannedAttachment attachment) => new(attachment);

    /// <summary>Whether both are known, and nothing that one touches is of any concern to the other.</summary>
    public bool IsApartFrom(NetworkFootprint other) => WhySharedWith(other) is null;

    /// <summary>
    /// What they may share, in words of the one that comes later; null when they are apart. Of several the first that
    /// is found.
    /// </summary>
    public string? WhySharedWith(NetworkFootprint earlier)
    {
        if (Unknown is { } mine)
            return mine;
        if (earlier.Unknown is { } its)
            return $"of {earlier._ifName}, {its}";
        if (_network == earlier._network)
            return $"both are of network {_network}";
        if (_names.Overlaps(earlier._names))
            return $"both use {_names.First(earlier._names.Contains)}";
        if (Mentions(earlier._ifName))
            return $"its configuration names {earlier._ifName}";
        if (earlier.Mentions(_ifName))
            return $"the configuration of {earlier._ifName} names {_ifName}";
        if (!OverlapsABlockOf(earlier))
            return null;
        return _asksForDefaultRoute && earlier._asksForDefaultRoute
            ? "both ask for the default route"
            : "addresses or routes of both overlap";
    }

    private bool OverlapsABlockOf(NetworkFootprint other)
    {
        foreach (var block in _blocks)
        {
            foreach (var theirs in other._blocks)
            {
                if (block.Overlaps(theirs))
                    return true;
            }
        }

        return false;
    }

    private static string? UnknownOf(NetworkConfiguration network)
    {
        if (network.Plugins.IsEmpty)
            return "it has no plugin";
        var first = network.Plugins[0];
        if (!MakeOneLink.Contains(first.Type))
            return Unknowable(first.Type);
        if (!KnownIpam.Contains(first.IpamType))
            return Unknowable(first.IpamType);
        return network.Plugins.Skip(1).FirstOrDefault(plugin => !WorkOnNode.Contains(plugin.Type)) is { } next
            ? Unknowable(next.Type)
            : null;
    }

    private static string Unknowable(string plugin) => $"what plugin {plugin} touches is not known";

    private void ReadPlugin(PluginConfiguration plugin)
    {
        var root = CniJson.Parse(plugin.Bytes);
        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals("dns")) // name servers may be the same, and no route leads to them by being named
                Read(member.Name, member.Value);
        }

        if (plugin.Type == Loopback)
            _names.Add("lo");
        if (plugin.Type == Bridge && !Names(root, Bridge))
            _names.Add(DefaultBridge);
        if (NeedMaster.Contains(plugin.Type) && !Names(root, Master))
            Unknown = $"plugin {plugin.Type} looks for its master by the default route";
    }

    // What the pod, the runtime and the kubelet add to the configuration.
    private void ReadRequests(PlannedAttachment attachment)
    {
        foreach (var (key, value) in attachment.Parameters.CapabilityArgs)
        {
            if (
                key == DeviceInfoLocation.Capability
                || !attachment.Configuration.Plugins.Any(plugin => plugin.Capabilities.GetValueOrDefault(key))
            )
                continue;
            if (key == HostPorts)
                ReadHostPorts(value);
            else
                Read(key, value);
        }

        foreach (var (key, value) in attachment.AddParameters.Args)
        {
            if (!key.StartsWith("K8S_POD_", StringComparison.Ordinal))
                ReadText(key, value);
        }

        if (attachment.DeviceId is { } device)
            _names.Add(device);
        if (attachment.Selection?.DefaultRoute is { } gateways)
        {
            AddDefaultRoutes();
            foreach (var gateway in gateways)
                ReadText("", gateway);
        }
    }

    // The port of the node goes to the network that comes first.
    private void ReadHostPorts(JsonElement mappings)
    {
        if (mappings.ValueKind != JsonValueKind.Array)
            return;
        foreach (var mapping in mappings.EnumerateArray())
        {
            if (
                mapping.ValueKind == JsonValueKind.Object
                && CniJson.TryGetIgnoringCase(mapping, "hostPort", out var port)
            )
                _names.Add($"port {port.GetRawText()}");
        }
    }

    private void Read(string key, JsonElement value)
    {
        _texts.Add(key);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    Read(member.Name, member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    Read(key, item);
                break;
            case JsonValueKind.String:
                ReadText(key, value.GetString()!);
                break;
            case JsonValueKind.Number when NamingKeys.Contains(key):
                _names.Add(value.GetRawText());
                break;
            case JsonValueKind.True when key.Equals("isDefaultGateway", StringComparison.OrdinalIgnoreCase):
                AddDefaultRoutes();
                break;
            case JsonValueKind.True when key.Equals("linkInContainer", StringComparison.OrdinalIgnoreCase):
                Unknown = "its master is a link of the pod"; // whoever makes it
                break;
        }
    }

    private void ReadText(string key, string text)
    {
        _texts.Add(text);
        if (text.Length > 0 && NamingKeys.Contains(key))
            _names.Add(text);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!AddressBlock.TryParse(part, out var block))
                continue;
            _blocks.Add(block);
            _asksForDefaultRoute |= block.Length == 0;
        }
    }

    private void AddDefaultRoutes()
    {
        _asksForDefaultRoute = true;
        _blocks.Add(AddressBlock.AllV4);
        _blocks.Add(AddressBlock.AllV6);
    }

    private bool Mentions(string name) => _texts.Any(text => Mentions(text, name));

    // As a word of its own: net1 is in "net.ipv4.conf.net1.rp_filter" and in "net1.100", and not in "net10" or
    // "subnet1".
    private static bool Mentions(string text, string name)
    {
        for (
            var at = text.IndexOf(name, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(name, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + name.Length;
            var isBegun = at > 0 && AreOneWord(text[at - 1], name[0]);
            var isContinued = end < text.Length && AreOneWord(name[^1], text[end]);
            if (!isBegun && !isContinued)
                return true;
        }

        return false;
    }

    private static bool AreOneWord(char one, char next) => char.IsLetterOrDigit(one) && char.IsLetterOrDigit(next);

    private static bool Names(JsonElement plugin, string key) =>
        CniJson.TryGetIgnoringCase(plugin, key, out var value)
        && value.ValueKind == JsonValueKind.String
        && !value.ValueEquals("");
}
