using Multus.Actors.Configuration;
using Multus.Cni;

namespace Multus.Actors.Events;

/// <summary>From <c>multus.events</c>.</summary>
/// <param name="Enabled">Whether there are any.</param>
/// <param name="MaxQueued">How many may wait; more are dropped.</param>
/// <param name="MaxInFlight">How many are posted at once.</param>
/// <param name="PostTimeout">How long posting one may take.</param>
/// <param name="Backoff">For how long nothing is posted after one has failed.</param>
public sealed record EventsSettings(bool Enabled, int MaxQueued, int MaxInFlight, TimeSpan PostTimeout, Backoff Backoff)
{
    /// <summary>Whether the events of pods that were attached are thinned in a burst.</summary>
    public bool ThinsAdded { get; init; } = true;

    /// <summary>How many of them are posted at once before that.</summary>
    public int AddedBurst { get; init; } = 25;

    /// <summary>How long it then takes until another is posted.</summary>
    public TimeSpan AddedEvery { get; init; } = TimeSpan.FromSeconds(1);

    public static EventsSettings Read(HoconReader hocon) =>
        new(
            hocon.Switch("multus.events.enabled"),
            hocon.Number("multus.events.max-queued", 1, 100_000),
            hocon.Number("multus.events.max-in-flight", 1, 64),
            hocon.Duration("multus.events.post-timeout", TimeSpan.FromMilliseconds(10)),
            hocon.Backoff("multus.events")
        )
        {
            ThinsAdded = hocon.Switch("multus.events.thin-added"),
            AddedBurst = hocon.Number("multus.events.added-burst", 1, 100_000),
            AddedEvery = hocon.Duration("multus.events.added-every", TimeSpan.FromMilliseconds(10)),
        };
}
