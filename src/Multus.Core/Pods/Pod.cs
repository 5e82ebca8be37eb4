using System.Collections.Immutable;

namespace Multus.Core.Pods;

/// <summary>What Multus needs to know of a pod object.</summary>
/// <param name="Uid"><c>metadata.uid</c>, <c>null</c> when the source has none; then no UID is compared.</param>
public sealed record Pod(PodKey Key, string? Uid, ImmutableDictionary<string, string> Annotations)
{
    /// <summary>Where kubelet has the pod from: "api", or "file" and "http" for a static pod.</summary>
    public const string SourceAnnotation = "kubernetes.io/config.source";

    /// <summary>
    /// On the mirror object of a static pod: the UID by which kubelet and the runtime know the pod, a hash of its
    /// manifest.
    /// </summary>
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>
    /// True for a static pod, whose mirror object carries another UID than the one that the runtime knows (attach.md
    /// §1).
    /// </summary>
    public bool IsStatic =>
        Annotations.ContainsKey(MirrorAnnotation)
        || (Annotations.TryGetValue(SourceAnnotation, out var source) && source != "api");

    /// <summary>
    /// The UID that a runtime gives of this pod: not the object's own when it mirrors a static pod. <c>null</c> when
    /// nobody says.
    /// </summary>
    public string? RuntimeUid =>
        Annotations.TryGetValue(MirrorAnnotation, out var mirrored) && mirrored.Length > 0 ? mirrored
        : IsStatic ? null
        : Uid;

    /// <summary>
    /// Whether the runtime may mean this pod by the UID, and not an earlier or later one of the name. The mirror of a
    /// static pod whose manifest has been changed since is another pod. What is not known is not compared.
    /// </summary>
    /// <param name="uid">As the runtime gave it; empty or <c>null</c> when it did not.</param>
    public bool IsFor(string? uid) =>
        string.IsNullOrEmpty(uid) || string.IsNullOrEmpty(RuntimeUid) || RuntimeUid == uid || Uid == uid;
}
