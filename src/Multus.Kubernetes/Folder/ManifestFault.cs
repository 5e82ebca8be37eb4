using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// A part of a manifest file that cannot be used, and what may be in it. Until somebody mends it nobody can say what
/// these ask for.
/// </summary>
/// <param name="Line">Where, 0 for the file as a whole.</param>
/// <param name="Kind">Pod or NetworkAttachmentDefinition; <c>null</c> when that cannot be read either, so that it may
/// be any of them.</param>
/// <param name="Namespace"><c>null</c> when it cannot be read: any.</param>
/// <param name="Name"><c>null</c> when it cannot be read: any.</param>
/// <param name="IsFinal">True when it can be read, and asks for what can never be: trying again is of no use.</param>
internal sealed record ManifestFault(
    string File,
    long Line,
    string Reason,
    string? Kind,
    string? Namespace,
    string? Name,
    bool IsFinal
)
{
    /// <summary>True when it is one certain object.</summary>
    public bool NamesOne => Kind is not null && Namespace is not null && Name is not null;

    public bool MayBe(PodKey pod) => Kind is null or ManifestReader.PodKind && IsOf(pod.Namespace, pod.Name);

    public bool MayBe(NetworkKey network) =>
        Kind is null or ManifestReader.NetworkKind && IsOf(network.Namespace, network.Name);

    public override string ToString() => Line > 0 ? $"{File}, line {Line}: {Reason}" : $"{File}: {Reason}";

    private bool IsOf(string ns, string name) =>
        (Namespace is null || Namespace == ns) && (Name is null || Name == name);
}
