using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Checks;
using Multus.Core.Planning;

namespace Multus.Actors.Sandboxes;

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
        SandboxServices services,
        SandboxFiles files,
        CancellationToken cancel
    )
    {
        var found = await PodNetNs.InspectAsync(services, netNs, cancel).ConfigureAwait(false);
        foreach (var attachment in attachments.Where(attachment => !attachment.Configuration.DisableCheck))
        {
            if (
                files.ResultOf(attachment) is { } result
                && AttachmentCheck.FindMissing(attachment, result, found.Observed, plan.HasTrueDefaultRoutes)
                    is { } missing
            )
            {
                throw new CniException(
                    CniErrorCode.Internal,
                    $"{missing} is gone from {netNs}: network {attachment.DisplayName}, interface "
                        + $"{attachment.Parameters.IfName}"
                );
            }
        }
    }
}
