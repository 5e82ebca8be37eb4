using System.Collections.Immutable;
using Multus.Core.Planning;

namespace Multus.Ctl.Plans;

/// <summary>What an ADD of one pod would do.</summary>
/// <param name="Attachments">In the order of the plan; none when there is a fault before there is a plan.</param>
/// <param name="Steps">When each has its turn.</param>
/// <param name="Faults">Why the ADD would be refused, as it would say it.</param>
internal sealed record PodPlan(
    string Pod,
    ImmutableArray<PlannedAttachment> Attachments,
    ImmutableArray<WaveStep> Steps,
    ImmutableArray<string> Faults
);
