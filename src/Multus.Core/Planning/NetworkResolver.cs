using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>From a selected network to the configuration that its plugins will get (attach.md §8.2, §8.3, §8.5).</summary>
internal static class NetworkResolver
{
    /// <exception cref="CniException">Code 7; the text names the NAD.</exception>
    public static NetworkConfiguration Resolve(NetworkSelection selection, IReadOnlyDictionary<NetworkKey, NetworkAttachmentDefinition> networks)
    {
        if (!networks.TryGetValue(selection.Key, out var network))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"cannot find a network-attachment-definition ({selection.Name}) in namespace ({selection.Namespace})");
        }

        ReleaseLimits.RequireSupported(network);
        if (string.IsNullOrWhiteSpace(network.Config))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, $"network-attachment-definition {network.Key} has no spec.config",
                "looking its configuration up on the node is not supported by this release: write the CNI configuration into spec.config");
        }

        return Configure(selection, network);
    }

    private static NetworkConfiguration Configure(NetworkSelection selection, NetworkAttachmentDefinition network)
    {
        try
        {
            var configuration = NetworkConfiguration.Parse(Encoding.UTF8.GetBytes(network.Config)).WithDefaultName(network.Key.Name);
            return selection.CniArgs is { } cniArgs ? configuration.WithCniArgs(cniArgs) : configuration;
        }
        catch (CniException bad)
        {
            throw new CniException(bad.Error with { Message = $"network-attachment-definition {network.Key}: {bad.Error.Message}" }, bad);
        }
    }
}
