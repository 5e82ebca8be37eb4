using System.Collections.Immutable;
using Multus.Cni.Runtime;

namespace Multus.Core.Garbage;

/// <summary>What GC may take away (docs/decisions/0013-garbage-collection.md). Pure.</summary>
public static class GarbageRules
{
    private const int DefaultNames = 16;

    /// <summary>
    /// Whether the runtime does not list it. The container ID decides: a sandbox has one record, and its first
    /// interface may have another name than the runtime gave, when the pod asked for one. One of which nothing but an
    /// unreadable file is known is not touched: there is nothing that could be deleted.
    /// </summary>
    /// <param name="sandbox">Any that is known.</param>
    /// <param name="listed">The container IDs of the runtime's list.</param>
    public static bool IsStale(KnownSandbox sandbox, IReadOnlySet<string> listed)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        ArgumentNullException.ThrowIfNull(listed);
        return !listed.Contains(sandbox.Id.Value) && !(sandbox.Damage is not null && sandbox.Attachments.IsEmpty);
    }

    /// <summary>
    /// The listed sandboxes of which nothing is known here: made before Multus came, on the host's network, or their
    /// record is lost.
    /// </summary>
    public static ImmutableArray<ValidAttachment> Unknown(
        IEnumerable<KnownSandbox> known,
        ImmutableArray<ValidAttachment> valid
    )
    {
        var here = known.Select(sandbox => sandbox.Id.Value).ToHashSet(StringComparer.Ordinal);
        return [.. valid.Where(attachment => !here.Contains(attachment.ContainerId))];
    }

    /// <summary>
    /// A listed sandbox whose attachments are not all known; as long as there is one, no plugin may be asked to free
    /// anything.
    /// </summary>
    public static KnownSandbox? Unsure(IEnumerable<KnownSandbox> known, ImmutableArray<ValidAttachment> valid)
    {
        var listed = valid.Select(attachment => attachment.ContainerId).ToHashSet(StringComparer.Ordinal);
        return known.FirstOrDefault(sandbox => sandbox.Damage is not null && listed.Contains(sandbox.Id.Value));
    }

    /// <summary>
    /// What a network's plugins must keep: its attachments of all sandboxes that are known, also of those that should
    /// have gone and did not, and of the unknown ones the names that they would have. Too long a list does no harm, too
    /// short a one takes a live pod's address.
    /// </summary>
    public static ImmutableArray<ValidAttachment> InUse(
        string network,
        IEnumerable<KnownSandbox> known,
        ImmutableArray<ValidAttachment> unknown
    ) =>
        [
            .. known
                .SelectMany(sandbox =>
                    sandbox
                        .Attachments.Where(a => a.Network == network)
                        .Select(a => new ValidAttachment(sandbox.Id.Value, a.IfName))
                )
                .Concat(unknown)
                .Concat(unknown.SelectMany(UnderDefaultNames))
                .Distinct(),
        ];

    private static IEnumerable<ValidAttachment> UnderDefaultNames(ValidAttachment lost)
    {
        for (var n = 1; n <= DefaultNames; n++)
            yield return new ValidAttachment(lost.ContainerId, $"net{n}");
    }
}
