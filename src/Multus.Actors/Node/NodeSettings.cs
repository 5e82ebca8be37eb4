using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Configuration;
using Multus.Actors.Delegates;
using Multus.Actors.Events;
using Multus.Actors.Netlink;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;

namespace Multus.Actors.Node;

/// <summary>All settings of the actors, read once at start from <c>akka.hocon</c>.</summary>
/// <param name="Delegates">Plugin processes.</param>
/// <param name="Netlink">Threads in network namespaces.</param>
/// <param name="Sandboxes">Requests.</param>
/// <param name="Annotations">Status writes.</param>
/// <param name="Events">Kubernetes events.</param>
/// <param name="PendingDeletes">Stored DELs.</param>
/// <param name="HealthPatience">How long a part may take to answer a health question before it counts as
/// silent.</param>
/// <param name="DrainTimeout">How long requests under way may take to end when the daemon is told to stop.</param>
public sealed record NodeSettings(
    DelegateSettings Delegates,
    NetlinkSettings Netlink,
    SandboxSettings Sandboxes,
    AnnotationsSettings Annotations,
    EventsSettings Events,
    PendingDeleteSettings PendingDeletes,
    TimeSpan HealthPatience,
    TimeSpan DrainTimeout
)
{
    /// <summary>Questions to the source of pods and networks.</summary>
    public ClusterSettings Cluster { get; init; } = ClusterSettings.Default;

    /// <summary>How often sandboxes are looked for that have vanished without a DEL.</summary>
    public TimeSpan StaleSandboxesEvery { get; init; } = TimeSpan.FromHours(1);

    public static NodeSettings Read(HoconReader hocon) =>
        new(
            DelegateSettings.Read(hocon),
            NetlinkSettings.Read(hocon),
            SandboxSettings.Read(hocon),
            AnnotationsSettings.Read(hocon),
            EventsSettings.Read(hocon),
            PendingDeleteSettings.Read(hocon),
            hocon.Duration("multus.health.patience", TimeSpan.FromMilliseconds(10)),
            hocon.Duration("multus.node.drain-timeout", TimeSpan.FromMilliseconds(100))
        )
        {
            Cluster = ClusterSettings.Read(hocon),
            StaleSandboxesEvery = hocon.Duration("multus.stale-sandboxes.every", TimeSpan.FromSeconds(1)),
        };
}
