using Multus.Actors.Health;
using Multus.Actors.PendingDeletes;
using Multus.Actors.StaleSandboxes;
using Multus.Engine.Ports;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.Kubernetes.Kubelet;
using Multus.Linux.Netlink;
using Multus.Linux.Processes;

namespace Multus.Actors.Node;

/// <summary>What the node works with: everything that touches the world outside the actors.</summary>
/// <param name="Settings">All settings.</param>
/// <param name="Cluster">The source of pods and networks.</param>
/// <param name="Processes">Runs plugin processes.</param>
/// <param name="Links">Looks into network namespaces.</param>
/// <param name="Routes">Changes the routes of network namespaces.</param>
/// <param name="PendingDeletes">The stored DELs.</param>
/// <param name="Time">The clock of all time limits.</param>
/// <param name="Logs">Makes the parts' loggers.</param>
/// <param name="OnFatal">Called once, with the reason, when a part has failed for good: the process must end and be
/// started anew.</param>
public sealed record NodeServices(
    NodeSettings Settings,
    IClusterApi Cluster,
    IProcessRunner Processes,
    ILinkInspector Links,
    IRouteTable Routes,
    IPendingDeleteFolder PendingDeletes,
    TimeProvider Time,
    ILoggerFactory Logs,
    Action<string> OnFatal
)
{
    /// <summary>
    /// The folder of records, for what the node's parts keep beside them; null: they keep nothing beyond the process.
    /// </summary>
    public string? CniDir { get; init; }

    /// <summary>Where events go; null: there are none. A cluster that takes events says so by its type.</summary>
    public IClusterEvents? Events { get; init; } = Cluster as IClusterEvents;

    /// <summary>How sandboxes are found that have vanished without a DEL; null: nobody looks for them.</summary>
    public StaleSandboxesSettings? StaleSandboxes { get; init; }

    /// <summary>Who knows the devices of pods; <c>null</c>: nobody, and networks that take one are refused.</summary>
    public IDeviceSource? Devices { get; init; }

    /// <summary>The root in which <see cref="Processes"/> runs plugins; empty: this process's own.</summary>
    public string PluginRoot { get; init; } = "";

    /// <summary>Hears how far the operations are; null: nobody does.</summary>
    public IPhases? Phases { get; init; }

    /// <summary>Counts the actors that crash and are started anew.</summary>
    public RestartCount Restarts { get; init; } = new();
}
