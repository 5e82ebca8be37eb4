namespace Multus.Cni.Results;

/// <summary>An interface that a plugin made or touched, in the pod or on the host.</summary>
/// <param name="Name">The name in its own namespace.</param>
/// <param name="Mac">As the plugin wrote it, or null.</param>
/// <param name="Sandbox">The pod's namespace; null for an interface of the host.</param>
/// <param name="Mtu">Bytes; 0 when not said. From 1.0.0 on.</param>
/// <param name="SocketPath">The socket of a vhost-user interface. From 1.0.0 on.</param>
/// <param name="PciId">The address of the PCI device behind it. From 1.0.0 on.</param>
public sealed record CniInterface(
    string Name,
    string? Mac = null,
    string? Sandbox = null,
    int Mtu = 0,
    string? SocketPath = null,
    string? PciId = null
);
