using Multus.Cni.Configurations;

namespace Multus.Cni.Runtime;

/// <summary>
/// What ADD insists on before anything runs (cni-runtime.md §5). Other verbs insist on nothing: they have to clean up
/// after anything.
/// </summary>
public static class AttachmentRules
{
    /// <exception cref="CniException">Code 3, 4 or 7: which rule is broken.</exception>
    public static void Check(NetworkConfiguration network, AttachmentParameters p)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(p);
        _ = SandboxId.Parse(p.Sandbox.Value);
        _ = NetworkName.Parse(network.Name);
        _ = InterfaceName.Parse(p.IfName);
        // Else it could be attached and never be stored.
        _ = CachedAttachmentCodec.FileName(network.Name, p.Sandbox.Value, p.IfName);
        if (network.Plugins.IsEmpty)
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"no plugin configs found for network {LogText.Text(network.Name)}"
            );
    }
}
