using Multus.Actors.Configuration;

namespace Multus.Actors.PendingDeletes;

/// <summary>From <c>multus.pending-deletes</c>.</summary>
/// <param name="Backoff">How long a stored DEL that failed waits before it is tried again.</param>
/// <param name="RescanEvery">How often the folder is looked into without being told of a change.</param>
public sealed record PendingDeleteSettings(Backoff Backoff, TimeSpan RescanEvery)
{
    public static PendingDeleteSettings Read(HoconReader hocon) => new(
        Backoff.Read(hocon, "multus.pending-deletes"),
        hocon.Duration("multus.pending-deletes.rescan-every", TimeSpan.FromMilliseconds(100)));
}
