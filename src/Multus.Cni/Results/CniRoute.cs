namespace Multus.Cni.Results;

/// <summary>A route that a plugin set or asks the runtime to know of.</summary>
/// <param name="Dst">CIDR as the plugin wrote it.</param>
/// <param name="Gw">The next hop as the plugin wrote it; null means the gateway of the address, or none.</param>
/// <param name="Mtu">Bytes; 0 when not said.</param>
/// <param name="AdvMss">Bytes; 0 when not said.</param>
/// <param name="Priority">The metric, an unsigned 32-bit number in the kernel; 0 when not said.</param>
/// <param name="Table">The routing table, an unsigned 32-bit number in the kernel; null when not said.</param>
/// <param name="Scope">The kernel's route scope; null when not said.</param>
public sealed record CniRoute(
    string Dst,
    string? Gw = null,
    int Mtu = 0,
    int AdvMss = 0,
    long Priority = 0,
    long? Table = null,
    int? Scope = null
);
