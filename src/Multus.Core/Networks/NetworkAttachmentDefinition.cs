using System.Collections.Immutable;

namespace Multus.Core.Networks;

/// <summary>A NAD object (<c>k8s.cni.cncf.io/v1</c>).</summary>
/// <param name="Config"><c>spec.config</c> as written, empty when the object has none.</param>
public sealed record NetworkAttachmentDefinition(
    NetworkKey Key,
    string Config,
    ImmutableDictionary<string, string> Annotations
)
{
    /// <summary>Names the device plugin resource from which the network takes a device (attach.md §9.1).</summary>
    public const string ResourceNameAnnotation = "k8s.v1.cni.cncf.io/resourceName";

    /// <summary>
    /// Ours: <c>sequential</c> for a network during whose ADD and DEL no other network of the pod may be at work;
    /// <c>parallel</c>, the default, for any other.
    /// </summary>
    public const string AttachModeAnnotation = "multus.cni/attach-mode";

    /// <summary>The resource of which the network takes a device, <c>null</c> for none.</summary>
    public string? ResourceName =>
        Annotations.GetValueOrDefault(ResourceNameAnnotation) is { Length: > 0 } resource ? resource : null;

    /// <summary>True when the configuration is on the node, under the NAD's name in confDir (attach.md §8.3).</summary>
    public bool HasNoConfig => string.IsNullOrWhiteSpace(Config);
}
