using Multus.Cni.Configurations;

namespace Multus.Cni.Runtime;

/// <summary>What ADD insists on before anything runs (cni-runtime.md §5). Other verbs insist on nothing: they have to clean up after anything.</summary>
internal static class AttachmentRules
{
    public static void Check(NetworkConfiguration network, AttachmentParameters p)
    {
        _ = SandboxId.Parse(p.Sandbox.Value);
        _ = NetworkName.Parse(network.Name);
        _ = InterfaceName.Parse(p.IfName);
        if (network.Plugins.IsEmpty)
            throw new CniException(CniErrorCode.InvalidNetworkConfig, $"no plugin configs found for network {Quoted.Text(network.Name)}");
    }
}
