using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// What this release cannot do yet, refused by name. Nothing asked for is ever left out in silence: a pod that runs with less than it asked
/// for is worse than one that waits.
/// </summary>
internal static class ReleaseLimits
{
    public static void RequireSupported(NetworkAttachmentDefinition network, KnownNetworks known)
    {
        if (network.ResourceName is { } resource && known.Devices is null)
            throw Refused($"annotation {NetworkAttachmentDefinition.ResourceNameAnnotation}={resource} of network {network.Key}", "remove the annotation");
    }

    private static CniException Refused(string what, string remedy) =>
        new(CniErrorCode.InvalidNetworkConfig, $"{what} is not supported by this release", remedy);
}
