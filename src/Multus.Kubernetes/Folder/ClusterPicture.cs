using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// What all files together say, and what of them cannot be read. Immutable: any thread may look at it.
/// </summary>
internal sealed record ClusterPicture(
    ImmutableDictionary<PodKey, Placed<Pod>> Pods,
    ImmutableDictionary<NetworkKey, Placed<NetworkAttachmentDefinition>> Networks,
    ImmutableArray<ManifestFault> Faults
)
{
    public static ClusterPicture Empty { get; } =
        new(
            ImmutableDictionary<PodKey, Placed<Pod>>.Empty,
            ImmutableDictionary<NetworkKey, Placed<NetworkAttachmentDefinition>>.Empty,
            []
        );

    /// <summary>
    /// The fault because of which nobody can say what the pod asks for, <c>null</c> when there is none.
    /// </summary>
    public ManifestFault? FaultOf(PodKey pod) => FaultOf(Pods.GetValueOrDefault(pod)?.File, fault => fault.MayBe(pod));

    /// <summary>The same for a network.</summary>
    public ManifestFault? FaultOf(NetworkKey network) =>
        FaultOf(Networks.GetValueOrDefault(network)?.File, fault => fault.MayBe(network));

    public ClusterChange.Replaced ToReplaced() =>
        new([.. Pods.Values.Select(pod => pod.Value)], [.. Networks.Values.Select(network => network.Value)]);

    // What can be read counts, unless the very same object is what cannot be read, in a file that would come before:
    // what somebody wrote there is meant.
    private ManifestFault? FaultOf(string? file, Func<ManifestFault, bool> mayBe) =>
        Faults.FirstOrDefault(fault =>
            mayBe(fault) && (file is null || (fault.NamesOne && string.CompareOrdinal(fault.File, file) <= 0))
        );
}

/// <summary>An object and the file that it is from.</summary>
internal sealed record Placed<T>(T Value, string File);
