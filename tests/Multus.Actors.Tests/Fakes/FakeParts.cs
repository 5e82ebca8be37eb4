using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Events;
using Multus.Actors.Netlink;
using Multus.Cni.Runtime;
using Multus.Engine.Ports;
using Multus.Engine.State;

namespace Multus.Actors.Tests.Fakes;

/// <summary>The ports of an engine over actors, real or faked.</summary>
internal static class FakeParts
{
    public static EnginePorts Ports(
        IActorRef cluster,
        IActorRef netlink,
        IActorRef annotations,
        IPluginInvoker plugins,
        IPendingDeleteFolder pendingDeletes,
        TimeProvider? time = null,
        string source = "the fake cluster",
        IActorRef? events = null
    )
    {
        var pods = new ClusterPort(cluster, source);
        return new EnginePorts
        {
            Pods = pods,
            Networks = pods,
            NetNs = new NetlinkPort(netlink),
            Plugins = plugins,
            Statuses = new StatusPort(annotations, followsHotPlug: false, clears: true),
            PendingDeletes = pendingDeletes,
            Events = events is null ? null : new EventsPort(events),
            Time = time ?? TimeProvider.System,
            Log = NullLogger.Instance,
        };
    }
}
