using Multus.Actors.Configuration;

namespace Multus.Actors.Sandboxes;

/// <summary>From <c>multus.sandboxes</c>.</summary>
/// <param name="MaxAttaching">How many sandboxes are attached at once; the others wait in order of arrival.</param>
/// <param name="AddTimeout">How long one ADD may take once it has begun, its roll-back not counted.</param>
/// <param name="DelTimeout">How long one DEL, or the roll-back of an ADD, may take.</param>
public sealed record SandboxSettings(int MaxAttaching, TimeSpan AddTimeout, TimeSpan DelTimeout)
{
    public static SandboxSettings Read(HoconReader hocon) => new(
        hocon.NumberOrAuto("multus.sandboxes.max-attaching", 1, 10_000, automatic: Math.Max(16, 8 * Environment.ProcessorCount)),
        hocon.Duration("multus.sandboxes.add-timeout", TimeSpan.FromSeconds(1)),
        hocon.Duration("multus.sandboxes.del-timeout", TimeSpan.FromSeconds(1)));
}
