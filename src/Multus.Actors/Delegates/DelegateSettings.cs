using Multus.Actors.Configuration;
using Multus.Engine.Plugins;

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

    /// <summary>Of one plugin process.</summary>
    public PluginLimits Limits => new(Deadline, MaxStdout, MaxStderr);

    /// <summary>
    /// How long plugins that a killed daemon has left running may take to finish before they are killed.
    /// </summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that a daemon needs for itself, its largest burst included.</summary>
    public const long OwnMemory = 60L << 20;

    /// <summary>Bytes that a large plugin takes: Cilium's, measured by its users.</summary>
    public const long PluginMemory = 55L << 20;

    private const int LeastSlots = 2;

    /// <summary>The same with no more slots than there is memory for, two at least.</summary>
    /// <param name="memory">Bytes that the daemon and its plugins may take together.</param>
    public DelegateSettings FittedTo(long memory)
    {
        var slots = (int)Math.Clamp((memory - OwnMemory) / PluginMemory, LeastSlots, MaxSlots);
        return slots >= Slots
            ? this
            : this with
            {
                Slots = slots,
                SlotsPerType = Math.Min(SlotsPerType, Math.Max(1, slots - slots / 4)),
            };
    }

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
