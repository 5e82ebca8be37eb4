using Multus.Actors.Configuration;

namespace Multus.Actors.Cluster;

/// <summary>From <c>multus.cluster</c>.</summary>
/// <param name="ReadTimeout">How long one question to the source may take; then it counts as one that could not be
/// asked.</param>
/// <param name="MirrorWait">How long the mirror of what may be a static pod is waited for, when the API server does not
/// know it yet.</param>
public sealed record ClusterSettings(TimeSpan ReadTimeout, TimeSpan MirrorWait)
{
    /// <summary>As upstream waits for a pod (attach.md §4).</summary>
    public static ClusterSettings Default { get; } = new(TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(2.5));

    public static ClusterSettings Read(HoconReader hocon) =>
        new(
            hocon.Duration("multus.cluster.read-timeout", TimeSpan.FromMilliseconds(10)),
            hocon.Duration("multus.cluster.mirror-wait", TimeSpan.Zero)
        );
}
