using System.Collections.Immutable;

namespace Multus.Core.Pods;

/// <summary>What Multus needs to know of a pod object.</summary>
/// <param name="Uid"><c>metadata.uid</c>, <c>null</c> when the source has none; then no UID is compared.</param>
public sealed record Pod(PodKey Key, string? Uid, ImmutableDictionary<string, string> Annotations)
{
    /// <summary>Where kubelet has the pod from: "api", or "file" and "http" for a static pod.</summary>
    public const string SourceAnnotation = "kubernetes.io/config.source";

    /// <summary>On the mirror object of a static pod, with what kubelet knows the pod by.</summary>
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>
    /// True for a static pod, whose mirror object carries another UID than the one that the runtime knows (attach.md §1).
    /// </summary>
    public bool IsStatic => Annotations.ContainsKey(MirrorAnnotation) || (Annotations.TryGetValue(SourceAnnotation, out var source) && source != "api");
}
