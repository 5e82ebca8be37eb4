using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>
/// What this release cannot do yet, refused by name. Nothing asked for is ever left out in silence: a pod that runs with less than it asked
/// for is worse than one that waits.
/// </summary>
internal static class ReleaseLimits
{
    public const string DefaultNetworkAnnotation = "v1.multus-cni.io/default-network";

    public static void RequireSupported(MultusConfiguration configuration, Pod? pod, ImmutableArray<NetworkSelection> selections)
    {
        if (!configuration.UnsupportedKeys.IsEmpty)
            throw Refused($"configuration key '{configuration.UnsupportedKeys[0]}'", "remove the key from the Multus configuration");
        if (pod is not null && pod.Annotations.ContainsKey(DefaultNetworkAnnotation))
            throw Refused($"annotation {DefaultNetworkAnnotation} of pod {pod.Key}", "remove the annotation; the pod then gets the cluster network");
        foreach (var selection in selections.Where(selection => selection.DefaultRoute is not null))
            throw Refused($"'default-route' of network {selection.Key}", "remove it from the pod's networks annotation");
    }

    public static void RequireSupported(NetworkAttachmentDefinition network)
    {
        var resource = network.Annotations.GetValueOrDefault(NetworkAttachmentDefinition.ResourceNameAnnotation);
        if (!string.IsNullOrEmpty(resource))
            throw Refused($"annotation {NetworkAttachmentDefinition.ResourceNameAnnotation}={resource} of network {network.Key}", "remove the annotation");
    }

    private static CniException Refused(string what, string remedy) =>
        new(CniErrorCode.InvalidNetworkConfig, $"{what} is not supported by this release", remedy);
}
