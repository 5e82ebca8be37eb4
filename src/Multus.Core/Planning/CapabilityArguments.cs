using System.Text.Json;
using Multus.Core.Json;
using Multus.Core.Networks;
using Capabilities = System.Collections.Immutable.ImmutableArray<System.Collections.Generic.KeyValuePair<string, System.Text.Json.JsonElement>>;

namespace Multus.Core.Planning;

/// <summary>
/// What one network offers to its plugins' capabilities: the runtime's values, overwritten by what the pod asked of this network
/// (attach.md §7.3). Each plugin gets only those that it declares; that is the runtime library's part.
/// </summary>
internal static class CapabilityArguments
{
    private const string DeviceInfoFile = "CNIDeviceInfoFile";
    private const string DeviceId = "deviceID";
    private const string DeviceInfoFolder = "/var/run/k8s.cni.cncf.io/devinfo/cni/";

    /// <summary>The members that reach every network, in the order in which they are written.</summary>
    private static readonly string[] Shared = ["portMappings", "bandwidth", "ips", "mac", "infinibandGUID", DeviceId, DeviceInfoFile];

    /// <summary>
    /// For the cluster network: everything that the runtime offers. Members that upstream drops (dns, ipRanges, …) are kept, but only here:
    /// they describe the cluster network, and a pod range is poison to a secondary one.
    /// </summary>
    public static Capabilities ForMaster(Capabilities runtimeConfig, string deviceInfoName) =>
        Ordered(SharedOf(runtimeConfig), deviceInfoName)
            .AddRange(runtimeConfig.Where(entry => !IsShared(entry.Key)));

    public static Capabilities ForOther(Capabilities runtimeConfig, NetworkSelection? selection, string deviceInfoName)
    {
        var values = SharedOf(runtimeConfig);
        if (selection is not null)
            Overwrite(values, selection);
        return Ordered(values, deviceInfoName);
    }

    /// <summary>The name under which a network's device information is filed, see attach.md §9.4.</summary>
    public static string DeviceInfoName(string displayName, string containerId, string ifName) =>
        $"{displayName}-{containerId}_{ifName}".Replace('/', '-');

    private static Dictionary<string, JsonElement> SharedOf(Capabilities runtimeConfig)
    {
        var values = new Dictionary<string, JsonElement>();
        foreach (var (key, value) in runtimeConfig)
        {
            if (Array.Find(Shared, shared => shared.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } name)
                values[name] = value;
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
            values["mac"] = JsonText.StringOf(mac);
        if (selection.InfinibandGuid is { } guid)
            values["infinibandGUID"] = JsonText.StringOf(guid);
        if (selection.DeviceId is { } device)
            values[DeviceId] = JsonText.StringOf(device);
    }

    private static Capabilities Ordered(Dictionary<string, JsonElement> values, string deviceInfoName)
    {
        if (values.TryGetValue(DeviceId, out var device) && !IsEmpty(device))
            values[DeviceInfoFile] = JsonText.StringOf(DeviceInfoFolder + deviceInfoName);
        return [.. Shared.Where(name => values.TryGetValue(name, out var value) && !IsEmpty(value)).Select(name => KeyValuePair.Create(name, values[name]))];
    }

    private static bool IsShared(string key) => Shared.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Null => true,
        _ => false,
    };
}
