using Multus.Actors.Configuration;
using Multus.Engine;

namespace Multus.Actors.Sandboxes;

/// <summary>From <c>multus.sandboxes</c>.</summary>
/// <param name="MaxAttaching">How many sandboxes are attached at once; the others wait in order of arrival.</param>
/// <param name="AddTimeout">How long one ADD may take once it has begun, its roll-back not counted.</param>
/// <param name="DelTimeout">How long one DEL, or the roll-back of an ADD, may take.</param>
public sealed record SandboxSettings(int MaxAttaching, TimeSpan AddTimeout, TimeSpan DelTimeout)
{
    /// <summary>
    /// How long an ADD counts among <see cref="MaxAttaching"/>. One that takes longer hangs on something sick, and
    /// others must not wait for it.
    /// </summary>
    public TimeSpan PermitTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Within which time a STATUS is answered, from memory if need be.</summary>
    public TimeSpan StatusPatience { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>How long the plugins and the cluster may take to say how they are, before that is the answer.</summary>
    public TimeSpan StatusTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The engine's share.</summary>
    public EngineLimits Limits => new(AddTimeout, DelTimeout, StatusTimeout);

    public static SandboxSettings Read(HoconReader hocon) =>
        new(
            hocon.NumberOrAuto(
                "multus.sandboxes.max-attaching",
                1,
                10_000,
                automatic: Math.Max(16, 8 * Environment.ProcessorCount)
            ),
            hocon.Duration("multus.sandboxes.add-timeout", TimeSpan.FromSeconds(1)),
            hocon.Duration("multus.sandboxes.del-timeout", TimeSpan.FromSeconds(1))
        )
        {
            PermitTime = hocon.Duration("multus.sandboxes.place-time", TimeSpan.FromMilliseconds(100)),
            StatusPatience = hocon.Duration("multus.sandboxes.status-patience", TimeSpan.FromMilliseconds(1)),
            StatusTimeout = hocon.Duration("multus.sandboxes.status-timeout", TimeSpan.FromMilliseconds(100)),
        };
}
