using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Garbage;
using Multus.Actors.Netlink;
using Multus.Actors.PendingDeletes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Garbage;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Kubernetes.Kubelet;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// What a sandbox's operations work with: the other parts of the node, asked by message, and the CNI runtime over the
/// delegates actor.
/// </summary>
/// <param name="Settings">Bounds.</param>
/// <param name="Cluster">Answers <see cref="ClusterProtocol"/>.</param>
/// <param name="Netlink">Answers <see cref="NetlinkProtocol"/>.</param>
/// <param name="Annotations">Answers <see cref="AnnotationsProtocol"/>.</param>
/// <param name="Plugins">Runs plugin processes within the slots.</param>
/// <param name="PendingDeletes">The stored DELs.</param>
/// <param name="ClusterName">What the source of pods and networks is called in the log.</param>
/// <param name="Time">The clock of all time limits.</param>
/// <param name="Log">Where the sandboxes log.</param>
public sealed record SandboxServices(
    SandboxSettings Settings,
    IActorRef Cluster,
    IActorRef Netlink,
    IActorRef Annotations,
    IPluginInvoker Plugins,
    IPendingDeleteFolder PendingDeletes,
    string ClusterName,
    TimeProvider Time,
    ILogger Log
)
{
    // The other parts answer every question at once or under time limits of their own; this one only keeps a bug from
    // hanging a sandbox for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Is told what <see cref="Events.EventsProtocol"/> has; null where there are no events.</summary>
    public IActorRef? Events { get; init; }

    /// <summary>
    /// Whether network-status follows what is plugged into a running pod and out again. Where others write it as well
    /// it is theirs, as upstream has it.
    /// </summary>
    public bool StatusFollowsHotPlug { get; init; }

    /// <summary>Who knows the devices of pods; <c>null</c>: nobody, and networks that take one are refused.</summary>
    public IDeviceSource? Devices { get; init; }

    /// <summary>Between the ADDs and GC.</summary>
    internal GcBarrier Gate { get; } = new();

    /// <summary>What was detached already.</summary>
    internal DetachedSandboxes Detached { get; } = new(Log);

    /// <summary>Who detaches a sandbox of which nothing is on record.</summary>
    internal UnrecordedTurns Strangers { get; } = new(UnrecordedTurns.HalfOfTheMachine, Time);

    /// <summary>
    /// The CNI runtime, caching results where upstream does. Its ADDs wait while their network is collected.
    /// </summary>
    internal CniRuntime RuntimeOn(SandboxFiles files) => new(new GatedPlugins(Plugins, Gate), files.Results);

    /// <summary>
    /// The pod, or null if there is none of that name; a pod that could not be asked for is an error, never "none".
    /// </summary>
    /// <exception cref="CniException">Try again later, or another pod has the name now.</exception>
    internal async Task<Pod?> FindPodAsync(PodIdentity pod, CancellationToken cancel) =>
        await Cluster
            .Ask<ClusterProtocol.PodReply>(new ClusterProtocol.FindPod(pod.Key, pod.Uid), Patience, cancel)
            .ConfigureAwait(false) switch
        {
            ClusterProtocol.PodReply.Found found => found.Pod,
            ClusterProtocol.PodReply.Unknown => null,
            ClusterProtocol.PodReply.Replaced replaced => throw PodRules.AnotherPod(pod, replaced.FoundUid),
            ClusterProtocol.PodReply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };

    /// <summary>Those of the networks that exist.</summary>
    /// <param name="fromMemory">No API server is asked.</param>
    internal async Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindNetworksAsync(
        ImmutableArray<NetworkKey> keys,
        CancellationToken cancel,
        bool fromMemory = false
    )
    {
        if (keys.IsEmpty)
            return ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>.Empty;

        return await Cluster
            .Ask<ClusterProtocol.NetworksReply>(
                new ClusterProtocol.FindNetworks(keys) { FromMemory = fromMemory },
                Patience,
                cancel
            )
            .ConfigureAwait(false) switch
        {
            ClusterProtocol.NetworksReply.Found found => found.Networks,
            ClusterProtocol.NetworksReply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };
    }

    /// <summary>
    /// Throws unless all these interface names are free in the namespace, and it is not the node's own or the request
    /// says that it may be.
    /// </summary>
    /// <returns>Which namespace it is, as far as the kernel says.</returns>
    internal async Task<NetNsSnapshot> RequireFreeAsync(
        SandboxProtocol.SandboxRequest request,
        string netNs,
        ImmutableArray<string> ifNames,
        CancellationToken cancel
    ) =>
        await AskNetlinkAsync(
                new NetlinkProtocol.CheckFree(netNs, ifNames) { RefusesOwn = !request.MayBeOwnNamespace },
                cancel
            )
            .ConfigureAwait(false) switch
        {
            NetlinkProtocol.Reply.Ok fine => NetNsSnapshot.Of(fine),
            NetlinkProtocol.Reply.Taken taken => throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"interface name {taken.IfName} already exists in network namespace {netNs}; no delegate was run"
            ),
            NetlinkProtocol.Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };

    /// <summary>What is at the path now.</summary>
    internal async Task<NetNsSnapshot> InspectAsync(string netNs, CancellationToken cancel) =>
        await AskNetlinkAsync(new NetlinkProtocol.CheckFree(netNs, []), cancel).ConfigureAwait(false) switch
        {
            NetlinkProtocol.Reply.Ok fine => NetNsSnapshot.Of(fine),
            NetlinkProtocol.Reply.Failed { Error.Code: CniErrorCode.InvalidNetNs } => NetNsSnapshot.Nothing,
            NetlinkProtocol.Reply.Failed => NetNsSnapshot.Unclear,
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };

    /// <summary>
    /// Whether the path leads to another namespace than the one of the plan. Only what is known for sure counts: a path
    /// that leads nowhere is no other namespace.
    /// </summary>
    internal async Task<bool> IsAnotherNamespaceAsync(string netNs, AttachmentPlan plan, CancellationToken cancel) =>
        (await InspectAsync(netNs, cancel).ConfigureAwait(false)).IsAnotherThanOf(plan);

    /// <summary>One command, one answer.</summary>
    internal Task<NetlinkProtocol.Reply> AskNetlinkAsync(NetlinkProtocol.ICommand command, CancellationToken cancel) =>
        Netlink.Ask<NetlinkProtocol.Reply>(command, Patience, cancel);

    /// <summary>
    /// Has a status written or cleared; a writer that is silent is an answer too, for no pod's network may wait for its
    /// status for ever.
    /// </summary>
    internal async Task<AnnotationsProtocol.Reply> StoreStatusAsync(AnnotationsProtocol.ICommand write)
    {
        try
        {
            return await Annotations.Ask<AnnotationsProtocol.Reply>(write, Patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return new AnnotationsProtocol.Reply.Refused(
                $"the writer of statuses did not answer within {Patience.TotalSeconds:0.###} s"
            );
        }
    }

    /// <summary>Whether its DEL was given up: nobody uses what it has left.</summary>
    internal bool IsGivenUp(KnownSandbox sandbox) => PendingDeletes.IsGivenUp(sandbox.Id, sandbox.IfName);

    /// <summary>Whether its DEL is stored, so that it is repeated, or was given up.</summary>
    internal bool IsDeleteStored(KnownSandbox sandbox) =>
        PendingDeletes.IsStored(sandbox.Id, sandbox.IfName) || IsGivenUp(sandbox);

    /// <summary>
    /// Sees to it that the DEL of the request's sandbox is stored. One that is stored already stays as it is: it is of
    /// the same sandbox, and its age tells since when something is left. Should storing fail, the caller's own failure
    /// counts more: this one is for the log.
    /// </summary>
    internal void StoreDelete(SandboxProtocol.SandboxRequest request)
    {
        try
        {
            if (
                PendingDeletes.IsStored(request.Sandbox, request.IfName)
                || PendingDeletes.IsGivenUp(request.Sandbox, request.IfName)
            )
                return;

            PendingDeletes.Store(request);
            SandboxLog.DeleteStored(Log, request.Sandbox.Value, PendingDeletes.Path, request.Id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
        {
            SandboxLog.DeleteNotStored(Log, request.Sandbox.Value, PendingDeletes.Path, request.Id, e);
        }
    }
}
