using System.Collections.Immutable;
using Multus.Core.Planning;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// The attachments of a plan that an ADD has begun, and how far those have come that failed. Each place is written by
/// one thread at a time.
/// </summary>
internal sealed class StartedAttachments(AttachmentPlan plan)
{
    private readonly PlannedAttachment?[] _started = new PlannedAttachment?[plan.Attachments.Length];

    public void Add(int index) => _started[index] = plan.Attachments[index];

    /// <summary>Its ADD has failed after so many plugins of its chain were run.</summary>
    public void Fail(int index, int begun) => _started[index] = plan.Attachments[index] with { Begun = begun };

    /// <summary>
    /// What has to be undone, in the order of the plan: the failed ones too, for a plugin may fail after it has made
    /// something.
    /// </summary>
    public ImmutableArray<PlannedAttachment> ToUndo() => [.. _started.OfType<PlannedAttachment>()];
}
