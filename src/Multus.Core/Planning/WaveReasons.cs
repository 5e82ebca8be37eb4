using System.Collections.Immutable;

namespace Multus.Core.Planning;

/// <summary>
/// The order of <see cref="AttachWaves"/> with its reasons, for people: which attachments run together, and why each of
/// the others waits. Pure, and decided by the same rules.
/// </summary>
public static class WaveReasons
{
    /// <summary>One step for each attachment, in the order of the plan.</summary>
    public static ImmutableArray<WaveStep> Of(ImmutableArray<PlannedAttachment> attachments, AttachMode mode)
    {
        var waves = AttachWaves.Of(attachments, mode);
        var steps = ImmutableArray.CreateBuilder<WaveStep>(attachments.Length);
        for (var wave = 0; wave < waves.Length; wave++)
        {
            foreach (var index in waves[wave])
                steps.Add(new WaveStep(index, wave, ReasonsOf(attachments, mode, waves, wave, index)));
        }

        steps.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        return steps.ToImmutable();
    }

    private static ImmutableArray<WaveReason> ReasonsOf(
        ImmutableArray<PlannedAttachment> attachments,
        AttachMode mode,
        ImmutableArray<ImmutableArray<int>> waves,
        int wave,
        int index
    )
    {
        if (index == 0)
            return [];
        if (wave == 1)
            return [new WaveReason(0, "the cluster network is attached first, alone")];
        if (mode == AttachMode.Sequential || attachments.Length <= 2)
            return [new WaveReason(index - 1, "attachMode is sequential")];
        return mode == AttachMode.Parallel
            ? Parallel(attachments, waves[wave - 1], index)
            : Auto(attachments, waves[wave - 1], waves[wave], index);
    }

    private static ImmutableArray<WaveReason> Auto(
        ImmutableArray<PlannedAttachment> attachments,
        ImmutableArray<int> before,
        ImmutableArray<int> own,
        int index
    )
    {
        var reasons = ImmutableArray.CreateBuilder<WaveReason>();
        var footprint = NetworkFootprint.Of(attachments[index]);
        foreach (var earlier in before)
        {
            if (footprint.WhySharedWith(NetworkFootprint.Of(attachments[earlier])) is { } shared)
                reasons.Add(new WaveReason(earlier, shared));
        }

        // The order of the plan is kept: what is behind one that waits waits with it.
        if (reasons.Count == 0)
            reasons.Add(
                new WaveReason(
                    before[^1],
                    $"it stands behind {attachments[own[0]].Parameters.IfName}, which waits, and the order is kept"
                )
            );
        return reasons.ToImmutable();
    }

    private static ImmutableArray<WaveReason> Parallel(
        ImmutableArray<PlannedAttachment> attachments,
        ImmutableArray<int> before,
        int index
    )
    {
        var links = AttachWaves.LinksOf(attachments);
        var reasons = ImmutableArray.CreateBuilder<WaveReason>();
        foreach (var earlier in before)
        {
            var why =
                attachments[index].RunsAlone ? "its definition says that it runs alone"
                : attachments[earlier].RunsAlone
                    ? $"the definition of {attachments[earlier].Parameters.IfName} says that it runs alone"
                : AttachWaves.WhyDependent(attachments[index], links[index], attachments[earlier], links[earlier]);
            if (why is not null)
                reasons.Add(new WaveReason(earlier, why));
        }

        return reasons.ToImmutable();
    }
}

/// <summary>When one attachment has its turn.</summary>
/// <param name="Index">Its position in the plan.</param>
/// <param name="Wave">From 0; those of one wave run together.</param>
/// <param name="Reasons">Why it is not in the wave before; none for the first.</param>
public sealed record WaveStep(int Index, int Wave, ImmutableArray<WaveReason> Reasons);

/// <summary>Why an attachment waits for another.</summary>
/// <param name="WaitsFor">The other's position in the plan.</param>
/// <param name="Why">In words, of the one that waits.</param>
public sealed record WaveReason(int WaitsFor, string Why);
