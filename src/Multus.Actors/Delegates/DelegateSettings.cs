using Multus.Actors.Configuration;

namespace Multus.Actors.Delegates;

/// <summary>Bounds of the plugin processes, from <c>multus.delegates</c>.</summary>
/// <param name="Slots">How many plugin processes run at once, not counting the slot kept for DEL.</param>
/// <param name="SlotsPerType">How many of them one plugin type may hold, so that a sick plugin leaves room for the
/// others.</param>
/// <param name="Deadline">How long one plugin process may run before its process group is killed.</param>
/// <param name="MaxStdout">Bytes of stdout a plugin may print before it is killed.</param>
/// <param name="MaxStderr">Bytes of stderr that are kept; the rest is dropped.</param>
public sealed record DelegateSettings(int Slots, int SlotsPerType, TimeSpan Deadline, int MaxStdout, int MaxStderr)
{
    private const int MaxSlots = 1024;

    /// <summary>
    /// How long plugins that a killed daemon has left running may take to finish before they are killed.
    /// </summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(2);

    public static DelegateSettings Read(HoconReader hocon)
    {
        var slots = hocon.NumberOrAuto(
            "multus.delegates.slots",
            1,
            MaxSlots,
            automatic: Math.Max(12, 4 * Environment.ProcessorCount)
        );
        return new DelegateSettings(
            slots,
            hocon.NumberOrAuto(
                "multus.delegates.slots-per-type",
                1,
                MaxSlots,
                automatic: Math.Max(1, slots - slots / 4)
            ),
            hocon.Duration("multus.delegates.deadline", TimeSpan.FromMilliseconds(100)),
            hocon.Bytes("multus.delegates.max-stdout", 4096, 64 << 20),
            hocon.Bytes("multus.delegates.max-stderr", 256, 16 << 20)
        )
        {
            OrphanGrace = hocon.Duration("multus.delegates.orphan-grace", TimeSpan.Zero),
        };
    }
}
