using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Configuration;
using Multus.Core.Networks;
using Multus.Ctl.Networks;
using Multus.Ctl.Nodes;
using Multus.Engine.Networks;

namespace Multus.Ctl.Serving;

/// <summary>Finds out whether this node can serve networks, and why not.</summary>
internal sealed class NetworkService(
    NodeConfiguration node,
    ConfigurationFolder confDir,
    PluginProbe plugins,
    NodeStock stock
)
{
    public async Task<NetworkVerdict> JudgeAsync(NetworkAttachmentDefinition definition, CancellationToken cancel)
    {
        var judged = new Judged();
        try
        {
            var network = definition.HasNoConfig
                ? confDir.Named(definition.Key.Name)
                : NetworkConfiguration
                    .Parse(Encoding.UTF8.GetBytes(definition.Config))
                    .WithDefaultName(definition.Key.Name);
            await JudgePluginsAsync(network, judged, cancel);
            var index = 0;
            foreach (var plugin in network.Plugins)
                JudgeLinks(plugin, index++, judged);
            foreach (var plugin in network.Plugins)
                await JudgeAddressesAsync(network.Name, plugin, judged, cancel);
        }
        catch (CniException e)
        {
            judged.Problem(e.Error.Text, "multusctl check-config shows the place");
        }

        if (definition.ResourceName is { } resource)
            await JudgeDevicesAsync(resource, judged, cancel);
        return judged.ToVerdict(definition.Key.ToString());
    }

    private async Task JudgePluginsAsync(NetworkConfiguration network, Judged judged, CancellationToken cancel)
    {
        foreach (var type in RequiredPlugins.Of(network))
        {
            var found = await plugins.AskAsync(type, cancel);
            judged.Plugins.Add(found);
            if (found.Problem.Length > 0)
                judged.Problem(
                    found.Problem,
                    found.Path.Length == 0
                        ? $"install {type} in {node.PluginPath[0]}, or correct the type"
                        : $"replace {found.Path}: it does not run here"
                );
            else if (!Speaks(found, network))
                judged.Problem(
                    $"plugin {type} does not speak cniVersion {network.CniVersionText}; it speaks "
                        + string.Join(", ", found.Versions),
                    $"install a newer {type}, or set cniVersion to {found.Versions[^1]}"
                );
        }
    }

    private static bool Speaks(FoundPlugin plugin, NetworkConfiguration network) =>
        network.CniVersionText.Length == 0
        || plugin.Versions.Any(text => CniVersion.TryParse(text, out var version) && version == network.Version);

    private void JudgeLinks(PluginConfiguration plugin, int index, Judged judged)
    {
        var root = CniJson.Parse(plugin.Bytes);
        switch (plugin.Type)
        {
            case "macvlan"
            or "ipvlan"
            or "vlan" when CniJson.Find(root, "linkInContainer") is not { ValueKind: JsonValueKind.True }:
                RequireLink(root, "master", judged, "create it");
                break;
            case "host-device":
                RequireLink(root, "device", judged, "plug it in, or see whether a pod has it");
                break;
            case "ovs":
                RequireLink(root, "bridge", judged, "ovs-vsctl add-br makes it; the plugin does not");
                break;
            case "bridge" when index == 0 && Text(root, "bridge") is { Length: > 0 } bridge:
                RequireKind(bridge, judged);
                break;
        }

        foreach (var key in new[] { "deviceID", "pciBusID" })
        {
            if (
                Text(root, key) is { Length: > 0 } device
                && device.Contains(':', StringComparison.Ordinal)
                && !device.Contains('/', StringComparison.Ordinal)
                && !Directory.Exists($"/sys/bus/pci/devices/{device}")
            )
                judged.Problem($"{key} {device}: there is no such PCI device", "lspci -D shows those that are there");
        }
    }

    private void RequireLink(JsonElement plugin, string key, Judged judged, string remedy)
    {
        if (Text(plugin, key) is not { Length: > 0 } name)
            return;
        var (links, trouble) = stock.Links();
        if (links is null)
        {
            judged.NotAsked(trouble);
            return;
        }

        if (links.Any(link => link.Name == name))
            return;
        var meant = Spelling.Nearest(name, links.Select(link => link.Name));
        judged.Problem(
            $"{key} {name}: the node has no such link",
            (meant is null ? "" : $"did you mean {meant}? Else ") + remedy
        );
    }

    // The plugin makes a bridge that is not there.
    private void RequireKind(string bridge, Judged judged)
    {
        var (links, _) = stock.Links();
        if (links?.FirstOrDefault(link => link.Name == bridge) is { Kind: not "bridge" } other)
            judged.Problem(
                $"bridge {bridge}: the node's link of that name is {other.Kind ?? "a device"} and no bridge",
                "name another bridge, or remove that link"
            );
    }

    private async Task JudgeDevicesAsync(string resource, Judged judged, CancellationToken cancel)
    {
        var (devices, trouble) = await stock.DevicesAsync(cancel);
        if (devices is null)
        {
            judged.NotAsked(trouble);
            return;
        }

        if (devices.GetValueOrDefault(resource) is not { There: > 0 } count)
            judged.Problem(
                $"the kubelet has no device of {resource}",
                "see that its device plugin runs on this node"
                    + (Spelling.Nearest(resource, devices.Keys) is { } meant ? $"; did you mean {meant}?" : "")
            );
        else if (count.Given >= count.There)
            judged.Problem(
                $"all {count.There} devices of {resource} are given to pods",
                "delete a pod that has one, or give the device plugin more"
            );
    }

    private async Task JudgeAddressesAsync(
        string network,
        PluginConfiguration plugin,
        Judged judged,
        CancellationToken cancel
    )
    {
        if (CniJson.Find(CniJson.Parse(plugin.Bytes), "ipam") is not { ValueKind: JsonValueKind.Object } ipam)
            return;
        var read = IpamRanges.Of(ipam);
        foreach (var wrong in read.Faults)
            judged.Problem($"ipam.{wrong.Path}: {wrong.Message}", wrong.Hint);
        if (!read.Faults.IsEmpty)
            return;

        switch (plugin.IpamType)
        {
            case IpamRanges.HostLocal:
                CountHostLocal(network, ipam, read.Ranges, judged);
                break;
            case IpamRanges.Whereabouts:
                await CountWhereaboutsAsync(ipam, read.Ranges, judged, cancel);
                break;
            case "dhcp":
                var socket = Text(ipam, "daemonSocketPath") is { Length: > 0 } named ? named : "/run/cni/dhcp.sock";
                if (!File.Exists(node.Seen(socket)))
                    judged.Problem($"nobody listens at {socket}", "start the dhcp plugin as a daemon on this node");
                break;
        }
    }

    private void CountHostLocal(string network, JsonElement ipam, ImmutableArray<AddressRange> ranges, Judged judged)
    {
        var folder = Text(ipam, "dataDir") is { Length: > 0 } named ? named : HostLocalStore.DefaultFolder;
        try
        {
            var leases = HostLocalStore.Of(node.Seen(folder), network).ToList();
            foreach (var range in ranges)
                judged.Add(
                    RangeUse.Of(range, leases),
                    $"multusctl audit shows which of {Path.Join(folder, network)} nobody uses"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            judged.NotAsked($"addresses of {network}: {e.Message}");
        }
    }

    private async Task CountWhereaboutsAsync(
        JsonElement ipam,
        ImmutableArray<AddressRange> ranges,
        Judged judged,
        CancellationToken cancel
    )
    {
        var (pools, trouble) = await stock.PoolsAsync(cancel);
        if (pools is not { } all)
        {
            judged.NotAsked(trouble);
            return;
        }

        foreach (var range in ranges)
        {
            var uses = WhereaboutsPools.UsedOf(range, Text(ipam, "network_name") ?? "", all);
            var excluded = WhereaboutsPools.ExcludedFrom(range, ipam);
            judged.Add(
                new RangeUse(range.ToString(), range.Count > excluded ? range.Count - excluded : 0, uses),
                "multusctl audit shows which of them no sandbox has"
            );
        }
    }

    private static string? Text(JsonElement from, string key) =>
        CniJson.Find(from, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private sealed class Judged
    {
        private readonly List<ServingProblem> _problems = [];
        private readonly List<RangeUse> _ranges = [];
        private readonly List<string> _notAsked = [];

        public List<FoundPlugin> Plugins { get; } = [];

        public void Problem(string message, string remedy) => _problems.Add(new ServingProblem(message, remedy));

        public void NotAsked(string what)
        {
            if (!_notAsked.Contains(what))
                _notAsked.Add(what);
        }

        public void Add(RangeUse use, string remedy)
        {
            _ranges.Add(use);
            if (use.Left == 0)
                Problem(
                    $"range {use.Range} has no address left: all {use.Total} are given out",
                    $"{remedy}; or give the network a larger range"
                );
        }

        public NetworkVerdict ToVerdict(string network) =>
            new(network, [.. Plugins], [.. _ranges], [.. _problems], [.. _notAsked]);
    }
}
