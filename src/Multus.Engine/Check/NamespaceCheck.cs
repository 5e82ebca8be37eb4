using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Checks;
using Multus.Core.Planning;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.State;

namespace Multus.Engine.Check;

/// <summary>
/// The part of CHECK that asks no plugin: many have an empty CHECK, and those before 0.4.0 none at all.
/// </summary>
internal static class NamespaceCheck
{
    /// <summary>
    /// Compares the namespace with what is in the result cache of these attachments; one without a result is passed
    /// over, for nothing is known of it.
    /// </summary>
    /// <exception cref="CniException">Something is gone: the error says what and whose. Or the namespace could not be
    /// looked at.</exception>
    public static async Task RunAsync(
        AttachmentPlan plan,
        ImmutableArray<PlannedAttachment> attachments,
        string netNs,
        INetNs netNamespaces,
        SandboxFiles files,
        CancellationToken cancel
    )
    {
        var found = await PodNetNs.ListAsync(netNamespaces, netNs, cancel).ConfigureAwait(false);
        foreach (var attachment in attachments)
        {
            if (Missing(plan, attachment, found, files.ResultOf) is { } missing)
            {
                throw new CniException(
                    CniErrorCode.Internal,
                    $"{missing} is gone from {netNs}: network {attachment.DisplayName}, interface "
                        + $"{attachment.Parameters.IfName}"
                );
            }
        }
    }

    /// <summary>What of an attachment is gone; null: nothing, or nobody knows, or it is not to be checked.</summary>
    /// <param name="resultOf">Finds what its plugins said.</param>
    public static string? Missing(
        AttachmentPlan plan,
        PlannedAttachment attachment,
        PodNetNs found,
        Func<PlannedAttachment, CniResult?> resultOf
    ) =>
        !attachment.Configuration.DisableCheck && resultOf(attachment) is { } result
            ? AttachmentCheck.FindMissing(attachment, result, found.Observed, plan.HasTrueDefaultRoutes)
            : null;
}
