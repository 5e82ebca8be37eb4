using Multus.Actors.Configuration;
using Multus.Cni;

namespace Multus.Actors.PendingDeletes;

/// <summary>From <c>multus.pending-deletes</c>.</summary>
/// <param name="Backoff">How long a stored DEL that failed waits before it is tried again.</param>
/// <param name="RescanEvery">How often the folder is looked into without being told of a change.</param>
public sealed record PendingDeleteSettings(Backoff Backoff, TimeSpan RescanEvery)
{
    /// <summary>
    /// How many stored DELs are carried out at once: they share the plugin slots with the ADDs, and have time.
    /// </summary>
    public int MaxAtOnce { get; init; } = 4;

    /// <summary>After how many tries in a row a stored DEL is given up that can only go on failing.</summary>
    public int GiveUpAfter { get; init; } = 6;

    public static PendingDeleteSettings Read(HoconReader hocon) =>
        new(
            hocon.Backoff("multus.pending-deletes"),
            hocon.Duration("multus.pending-deletes.rescan-every", TimeSpan.FromMilliseconds(100))
        )
        {
            MaxAtOnce = hocon.Number("multus.pending-deletes.max-at-once", 1, 1000),
            GiveUpAfter = hocon.Number("multus.pending-deletes.give-up-after", 1, 1000),
        };
}
