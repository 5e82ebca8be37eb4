using System.Collections.Immutable;
using System.Text.Json;
using Multus.Core.Devices;
using Multus.Core.Json;
using Multus.Core.Networks;
using Capabilities = System.Collections.Immutable.ImmutableArray<System.Collections.Generic.KeyValuePair<
    string,
    System.Text.Json.JsonElement
>>;

namespace Multus.Core.Planning;

/// <summary>
/// What one network offers to its plugins' capabilities: the runtime's values, overwritten by what the pod asked of
/// this network (attach.md §7.3). Each plugin gets only those that it declares; that is the runtime library's part. As
/// in upstream the runtime's port mappings, which are the pod's hostPorts, reach every network whose plugins declare
/// the capability; a pod keeps them away from one with an empty <c>portMappings</c> of its own.
/// </summary>
internal static class CapabilityArguments
{
    private const string DeviceId = "deviceID";
    private const string Mac = "mac";
    private const string IpamClaim = "ipam-claim-reference";

    /// <summary>The members that upstream knows, in the order in which they are written.</summary>
    private static readonly string[] Shared =
    [
        "portMappings",
        "bandwidth",
        "ips",
        Mac,
        "infinibandGUID",
        DeviceId,
        DeviceInfoLocation.Capability,
    ];

    /// <summary>
    /// Members that describe the cluster network and not the pod: a pod range is poison to another network.
    /// </summary>
    private static readonly string[] OfClusterNetwork = ["ipRanges", "dns", "aliases"];

    /// <summary>
    /// For the cluster network: everything that the runtime offers, also what upstream drops, and what a pod asks of
    /// the network that it has instead.
    /// </summary>
    /// <param name="selection">What the pod asks of it, <c>null</c> when it is the node's own.</param>
    /// <param name="deviceId">The device that kubelet gave or the pod named, <c>null</c> for none; the runtime's counts
    /// then.</param>
    /// <param name="deviceInfoFile">The file for information on the device, should there be one.</param>
    public static Capabilities ForMaster(
        Capabilities runtimeConfig,
        NetworkSelection? selection,
        string? deviceId,
        string deviceInfoFile
    )
    {
        var isClaimOurs = selection?.IpamClaimReference is not null;
        return For(runtimeConfig, selection, deviceId, deviceInfoFile, entry => isClaimOurs && entry == IpamClaim);
    }

    /// <summary>
    /// For any other network: also what upstream drops (cgroupPath, …), but not what describes the cluster network.
    /// </summary>
    /// <inheritdoc cref="ForMaster"/>
    public static Capabilities ForOther(
        Capabilities runtimeConfig,
        NetworkSelection? selection,
        string? deviceId,
        string deviceInfoFile
    ) =>
        For(
            runtimeConfig,
            selection,
            deviceId,
            deviceInfoFile,
            entry => Has(OfClusterNetwork, entry) || entry == IpamClaim
        );

    private static Capabilities For(
        Capabilities runtimeConfig,
        NetworkSelection? selection,
        string? deviceId,
        string deviceInfoFile,
        Func<string, bool> isKeptAway
    )
    {
        var values = SharedOf(runtimeConfig);
        if (selection is not null)
            Overwrite(values, selection);
        if (deviceId is not null)
            values[DeviceId] = JsonText.StringOf(deviceId);
        var offer = Ordered(values, deviceInfoFile)
            .AddRange(runtimeConfig.RemoveAll(entry => Has(Shared, entry.Key) || isKeptAway(entry.Key)));

        // The specification does not say how a plugin learns of the claim. As a capability it reaches those that ask
        // for it, and no others.
        return selection?.IpamClaimReference is { } claim ? offer.Add(new(IpamClaim, JsonText.StringOf(claim))) : offer;
    }

    private static Dictionary<string, JsonElement> SharedOf(Capabilities runtimeConfig)
    {
        var values = new Dictionary<string, JsonElement>();
        foreach (var (key, value) in runtimeConfig)
        {
            if (Array.Find(Shared, shared => shared.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } name)
                values[name] =
                    name == Mac && value.ValueKind == JsonValueKind.String
                        ? JsonText.StringOf(HardwareAddressText.Normal(value.GetString()!))
                        : value;
        }

        return values;
    }

    private static void Overwrite(Dictionary<string, JsonElement> values, NetworkSelection selection)
    {
        if (selection.PortMappings is { } portMappings)
            values["portMappings"] = portMappings;
        if (selection.Bandwidth is { } bandwidth)
            values["bandwidth"] = bandwidth;
        if (!selection.Ips.IsEmpty)
            values["ips"] = JsonText.ArrayOf(selection.Ips);
        if (selection.Mac is { } mac)
            values[Mac] = JsonText.StringOf(mac);
        if (selection.InfinibandGuid is { } guid)
            values["infinibandGUID"] = JsonText.StringOf(guid);
    }

    private static Capabilities Ordered(Dictionary<string, JsonElement> values, string deviceInfoFile)
    {
        if (values.TryGetValue(DeviceId, out var device) && !IsEmpty(device))
            values[DeviceInfoLocation.Capability] = JsonText.StringOf(deviceInfoFile);
        var ordered = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        foreach (var name in Shared)
        {
            if (values.TryGetValue(name, out var value) && !IsEmpty(value))
                ordered.Add(new(name, value));
        }

        return ordered.ToImmutable();
    }

    private static bool Has(string[] names, string key) => names.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(""),
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Null => true,
            _ => false,
        };
}
