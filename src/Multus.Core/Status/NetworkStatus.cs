using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Json;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Status;

/// <summary>From delegates' results to the network-status annotation (attach.md §12).</summary>
public static class NetworkStatus
{
    public const string Annotation = "k8s.v1.cni.cncf.io/network-status";

    /// <summary>
    /// The entries of one attachment: one per interface in the pod, in the result's order. For a result that names none
    /// there, as none of versions 0.1.0 and 0.2.0 does, one under the name that was planned, with all addresses: unlike
    /// upstream, which leaves it out, so that nobody learns of it. A chain that makes no interface by design has none.
    /// </summary>
    /// <param name="deviceInfo">See <see cref="Devices.DeviceInformation"/>; <c>null</c> without a device. Every entry
    /// shows it.</param>
    /// <exception cref="CniException">The result is of a version that cannot be converted to 1.1.0.</exception>
    public static ImmutableArray<NetworkStatusEntry> From(
        PlannedAttachment a,
        CniResult result,
        JsonElement? deviceInfo = null
    )
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(result);
        var latest = result.ConvertTo(CniVersion.Latest);
        var blank = new NetworkStatusEntry(
            a.DisplayName,
            null,
            [],
            null,
            0,
            false,
            latest.Dns,
            deviceInfo,
            GatewaysOf(latest)
        );
        if (latest.Interfaces.Any(IsInSandbox))
            return latest.Interfaces.Length == 1
                ? [OfOnlyInterface(blank, a.IsMaster, latest)]
                : OfSandboxInterfaces(blank, a.IsMaster, latest);
        if (AuxiliaryChain.IsOne(a.Configuration))
            return [];
        return
        [
            blank with
            {
                Interface = a.Parameters.IfName,
                Ips = [.. latest.Ips.Select(AddressOf)],
                IsDefault = a.IsMaster,
            },
        ];
    }

    /// <summary>The annotation's value, byte for byte as upstream writes it; "[]" for no entries.</summary>
    public static string ToJson(IReadOnlyList<NetworkStatusEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return $"[{string.Join(',', entries.Select(Indented))}]";
    }

    private static string Indented(NetworkStatusEntry entry) =>
        Encoding.UTF8.GetString(CniJson.Write(writer => Write(writer, entry), indented: true));

    // All addresses are its own, whatever index they have.
    private static NetworkStatusEntry OfOnlyInterface(NetworkStatusEntry blank, bool isMaster, CniResult result) =>
        Named(blank, result.Interfaces[0]) with
        {
            Ips = [.. result.Ips.Select(AddressOf)],
            IsDefault = isMaster,
        };

    private static ImmutableArray<NetworkStatusEntry> OfSandboxInterfaces(
        NetworkStatusEntry blank,
        bool isMaster,
        CniResult result
    )
    {
        var inSandbox = new List<int>();
        for (var i = 0; i < result.Interfaces.Length; i++)
        {
            if (IsInSandbox(result.Interfaces[i]))
                inSandbox.Add(i);
        }

        var last = inSandbox[^1]; // has the addresses that name no interface
        var defaultIndex = isMaster ? DefaultInterfaceOf(result, inSandbox[0]) : -1;
        return
        [
            .. inSandbox.ConvertAll(i =>
                Named(blank, result.Interfaces[i]) with
                {
                    Ips = [.. result.Ips.Where(ip => (ip.Interface ?? last) == i).Select(AddressOf)],
                    IsDefault = i == defaultIndex,
                }
            ),
        ];
    }

    /// <summary>
    /// The interface of the first address with a gateway; when that is the host's, none of the pod's is the default
    /// one.
    /// </summary>
    private static int DefaultInterfaceOf(CniResult result, int firstInSandbox) =>
        result.Ips.FirstOrDefault(ip => !string.IsNullOrEmpty(ip.Gateway) && ip.Interface is not null)?.Interface
        ?? firstInSandbox;

    private static ImmutableArray<string> GatewaysOf(CniResult result) =>
        [
            .. result
                .Routes.Where(route => IpText.IsDefaultRoute(route.Dst) && !string.IsNullOrEmpty(route.Gw))
                .Select(route => route.Gw!),
        ];

    private static NetworkStatusEntry Named(NetworkStatusEntry entry, CniInterface of) =>
        entry with
        {
            Interface = of.Name,
            Mac = of.Mac,
            Mtu = of.Mtu,
        };

    private static bool IsInSandbox(CniInterface of) => !string.IsNullOrEmpty(of.Sandbox);

    private static string AddressOf(CniIp ip) => IpText.WithoutPrefix(ip.Address);

    private static void Write(Utf8JsonWriter writer, NetworkStatusEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("name", entry.Name);
        if (!string.IsNullOrEmpty(entry.Interface))
            writer.WriteString("interface", entry.Interface);
        if (!entry.Ips.IsEmpty)
            writer.WriteTexts("ips", entry.Ips);
        if (!string.IsNullOrEmpty(entry.Mac))
            writer.WriteString("mac", entry.Mac);
        if (entry.Mtu != 0)
            writer.WriteNumber("mtu", entry.Mtu);
        if (entry.IsDefault)
            writer.WriteBoolean("default", true);
        writer.WritePropertyName("dns");
        entry.Dns.WriteTo(writer);
        WriteDeviceInfo(writer, entry.DeviceInfo);
        if (!entry.Gateways.IsEmpty)
            writer.WriteTexts("gateway", entry.Gateways);
        writer.WriteEndObject();
    }

    private static void WriteDeviceInfo(Utf8JsonWriter writer, JsonElement? deviceInfo)
    {
        if (deviceInfo is not { } info)
            return;
        writer.WritePropertyName("device-info");
        info.WriteTo(writer);
    }
}
