using Multus.Actors.Configuration;
using Multus.Cni;

namespace Multus.Actors.Annotations;

/// <summary>From <c>multus.annotations</c>.</summary>
/// <param name="MaxInFlight">How many writes are under way at once.</param>
/// <param name="WriteTimeout">How long one write may take before it counts as failed.</param>
/// <param name="Wait">How long an ADD waits for its status before it goes on without; the status is then kept on disk
/// until it is stored.</param>
/// <param name="Backoff">How long a pod's failed write waits before it is tried again.</param>
public sealed record AnnotationsSettings(int MaxInFlight, TimeSpan WriteTimeout, TimeSpan Wait, Backoff Backoff)
{
    public static AnnotationsSettings Read(HoconReader hocon) =>
        new(
            hocon.Number("multus.annotations.max-in-flight", 1, 1024),
            hocon.Duration("multus.annotations.write-timeout", TimeSpan.FromMilliseconds(10)),
            hocon.Duration("multus.annotations.wait", TimeSpan.FromMilliseconds(10)),
            hocon.Backoff("multus.annotations")
        );
}
