using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>What one manifest file holds, in its order.</summary>
internal sealed record ManifestContent(
    ImmutableArray<ManifestObject<Pod>> Pods,
    ImmutableArray<ManifestObject<NetworkAttachmentDefinition>> Networks,
    ImmutableArray<SkippedObject> Skipped,
    ImmutableArray<ManifestFault> Faults
)
{
    public static ManifestContent Empty { get; } = new([], [], [], []);

    /// <summary>A file of which nothing can be read: anything may be in it.</summary>
    public static ManifestContent Unreadable(string file, string reason) =>
        Empty with
        {
            Faults = [new ManifestFault(file, 0, reason, null, null, null, IsFinal: false)],
        };
}

/// <summary>A pod or network and the line of its file where it begins.</summary>
internal sealed record ManifestObject<T>(T Value, long Line);

/// <summary>An object that is not used.</summary>
/// <param name="IsTemplate">True for a workload whose pods are described in a template.</param>
internal sealed record SkippedObject(string Kind, long Line, bool IsTemplate);
