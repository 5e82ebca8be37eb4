using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Core.Planning;

/// <summary>All that is done to one sandbox, in order, decided and checked before anything runs.</summary>
/// <param name="Version">The version in which the runtime is answered.</param>
/// <param name="Attachments">In the order of names, results and status. Empty only when read from a record that says
/// so.</param>
public sealed record AttachmentPlan(
    SandboxId Sandbox,
    string NetNs,
    PodIdentity Pod,
    CniVersion Version,
    ImmutableArray<PlannedAttachment> Attachments
)
{
    /// <summary>
    /// Tells the namespace of the ADD from any other that <see cref="NetNs"/> may lead to later; null when it is not
    /// known.
    /// </summary>
    public string? NetNsIdentity { get; init; }

    /// <summary>
    /// The inode of that namespace; null when it is not known. Only together with <see cref="Boot"/>: numbers are given
    /// out anew.
    /// </summary>
    public ulong? NetNsInode { get; init; }

    /// <summary>The start of the machine in which the ADD was; null when it is not known.</summary>
    public string? Boot { get; init; }

    /// <summary>
    /// The interface by which the runtime asks for the sandbox, whatever its first interface is called; null when it is
    /// not known.
    /// </summary>
    public string? RuntimeIfName { get; init; }

    /// <summary>
    /// What an ADD of the same container before this one has left and could not be undone: it goes with the DEL, and is
    /// attached nowhere.
    /// </summary>
    public ImmutableArray<PlannedAttachment> Stuck { get; init; } = [];

    /// <summary>
    /// What a DEL or a roll-back could not detach. However good what is left may look, the sandbox is not attached.
    /// </summary>
    public bool IsLeftover { get; init; }

    /// <summary>
    /// Read from a record of upstream's, so upstream attached it; more may have been plugged in since.
    /// </summary>
    public bool IsUpstreams { get; init; }

    /// <summary>
    /// Whether the results tell the truth about default routes; after a <c>default-route</c> upstream's do not
    /// (attach.md §18).
    /// </summary>
    public bool HasTrueDefaultRoutes =>
        !IsUpstreams || Attachments.All(attachment => attachment.Selection?.DefaultRoute is null);
}
