using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Results;

namespace Multus.Core.Status;

/// <summary>One interface as the network-status annotation shows it (attach.md §12.1).</summary>
/// <param name="Name">The network's display name.</param>
/// <param name="Interface">Its name in the pod, <c>null</c> when nobody knows it.</param>
/// <param name="Ips">Without prefix lengths.</param>
/// <param name="Mtu">In bytes, 0 when unknown.</param>
/// <param name="IsDefault">True for the interface that carries the pod's cluster address.</param>
/// <param name="DeviceInfo">An object, <c>null</c> when the interface has no device.</param>
/// <param name="Gateways">Those of the default routes.</param>
public sealed record NetworkStatusEntry(
    string Name,
    string? Interface,
    ImmutableArray<string> Ips,
    string? Mac,
    int Mtu,
    bool IsDefault,
    CniDns Dns,
    JsonElement? DeviceInfo,
    ImmutableArray<string> Gateways
);
