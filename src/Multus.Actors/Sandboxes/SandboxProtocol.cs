using System.Collections.Immutable;
using Multus.Actors.PendingDeletes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Actors.Sandboxes;

/// <summary>What can be asked for a pod sandbox (one CNI container ID), and every answer there is.</summary>
public static class SandboxProtocol
{
    public interface ICommand
    {
        SandboxRequest Request { get; }
    }

    /// <summary>One request of the container runtime, parsed and validated.</summary>
    /// <param name="Id">Names the request in the log and in errors.</param>
    /// <param name="Sandbox">CNI_CONTAINERID.</param>
    /// <param name="NetNs">CNI_NETNS; null on a DEL that has none any more.</param>
    /// <param name="IfName">CNI_IFNAME, the name of the cluster network's interface.</param>
    /// <param name="Pod">Who the pod is, from CNI_ARGS.</param>
    /// <param name="Configuration">The caller's configuration with the daemon's laid over it.</param>
    /// <param name="PluginPath">Where plugin binaries are looked for, in this order.</param>
    public sealed record SandboxRequest(
        string Id,
        SandboxId Sandbox,
        string? NetNs,
        InterfaceName IfName,
        PodIdentity Pod,
        MultusConfiguration Configuration,
        ImmutableArray<string> PluginPath
    )
    {
        /// <summary>
        /// The request as it came, in the wire's format, which the actors do not know: what
        /// <see cref="IPendingDeleteFolder.Store"/> keeps.
        /// </summary>
        public ReadOnlyMemory<byte> Body { get; init; }

        /// <summary>What CNI_ARGS say beside the pod; only the cluster network gets it.</summary>
        public ImmutableArray<KeyValuePair<string, string>> ClusterArgs { get; init; } = [];

        /// <summary>
        /// CNI_NETNS_OVERRIDE: the network namespace may be the one that the daemon itself is in, the node's.
        /// </summary>
        public bool MayBeOwnNamespace { get; init; }
    }

    /// <summary>
    /// ADD: attach every network of the pod; answered with <see cref="Reply.Attached"/> or <see cref="Reply.Refused"/>.
    /// </summary>
    /// <param name="Request">The request.</param>
    /// <param name="Abandoned">The caller has gone: what has not started is dropped, what runs is undone.</param>
    /// <remarks>
    /// May be retried: what is attached answers as the first time, what was begun and never finished is undone and done
    /// anew.
    /// </remarks>
    public sealed record Attach(SandboxRequest Request, CancellationToken Abandoned) : ICommand;

    /// <summary>
    /// DEL: detach everything the sandbox has; answered with <see cref="Reply.Done"/> or <see cref="Reply.Refused"/>.
    /// </summary>
    /// <param name="Request">The request.</param>
    /// <param name="StoredAs">The stored DEL that this is, or null for one of the runtime's. When its turn comes and it
    /// is not stored any more, an ADD has come between, and there is nothing to do.</param>
    /// <remarks>May be retried: needs the record only, and what is gone already is success. What could not be detached
    /// stays on record, and the DEL is stored before it is answered.</remarks>
    public sealed record Detach(SandboxRequest Request, string? StoredAs) : ICommand
    {
        /// <summary>
        /// Whether a sandbox without a record is looked for in the result cache, whose length the search takes: for GC,
        /// never for a runtime's DEL.
        /// </summary>
        public bool AlsoUnrecorded { get; init; }

        /// <summary>
        /// Its entries in the result cache, where the one who asks has them; default: they are looked for.
        /// </summary>
        public ImmutableArray<CachedAttachment> Cached { get; init; }

        /// <summary>
        /// Whether what is on record, when its turn comes, is still what it is about; null: whatever is. If not, an ADD
        /// has come between.
        /// </summary>
        public Func<AttachmentPlan, bool>? IsStillMeant { get; init; }

        /// <summary>
        /// Only for a stored DEL: should it fail once more with nothing left but what
        /// <see cref="Reply.Refused.Hopeless"/> says, it is given up.
        /// </summary>
        public bool IsLastTry { get; init; }

        /// <summary>
        /// Whether another sandbox that stays has the pod's name, where the one who asks knows all sandboxes; null: the
        /// records are looked through.
        /// </summary>
        public Func<PodKey, bool>? HasOther { get; init; }
    }

    /// <summary>CHECK: is everything still as it was attached? Changes nothing; may be retried.</summary>
    public sealed record Check(SandboxRequest Request) : ICommand;

    /// <summary>
    /// ADD of <c>/delegate</c>: one interface more for a running pod; answered with <see cref="Reply.Attached"/> or
    /// <see cref="Reply.Refused"/>.
    /// </summary>
    /// <param name="Request">Its interface name is the new interface's; its configuration is the daemon's own.</param>
    /// <param name="Interface">The network, and what is wanted of it.</param>
    /// <param name="Abandoned">The caller has gone: what runs is undone.</param>
    /// <remarks>May be retried, like <see cref="Attach"/>. What is attached here goes with the pod's DEL.</remarks>
    public sealed record HotPlug(SandboxRequest Request, InterfaceRequest Interface, CancellationToken Abandoned)
        : ICommand;

    /// <summary>
    /// DEL of <c>/delegate</c>: takes one interface away from a running pod; answered with <see cref="Reply.Done"/> or
    /// <see cref="Reply.Refused"/>.
    /// </summary>
    /// <param name="Request">Its interface name says which.</param>
    /// <param name="Network">What to detach if nothing is on record of that interface.</param>
    /// <remarks>
    /// May be retried. What could not be detached stays on record, for the next try or the pod's DEL.
    /// </remarks>
    public sealed record HotUnplug(SandboxRequest Request, NetworkConfiguration Network) : ICommand;

    /// <summary>
    /// CHECK of <c>/delegate</c>: is this one interface as it was attached? Changes nothing; may be retried.
    /// </summary>
    /// <param name="Request">Its interface name says which.</param>
    /// <param name="Network">What to check if nothing is on record of that interface.</param>
    public sealed record CheckOne(SandboxRequest Request, NetworkConfiguration Network) : ICommand;

    /// <summary>
    /// STATUS of <c>/delegate</c>: are this network's plugins able to serve? Answered like <see cref="GetStatus"/>.
    /// </summary>
    public sealed record GetNetworkStatus(
        string Id,
        MultusConfiguration Configuration,
        NetworkConfiguration Network,
        ImmutableArray<string> PluginPath
    );

    /// <summary>
    /// STATUS: could an ADD succeed now? Of the node, not of a sandbox; answered with <see cref="Reply.Done"/> or
    /// <see cref="Reply.Refused"/>.
    /// </summary>
    public sealed record GetStatus(string Id, MultusConfiguration Configuration, ImmutableArray<string> PluginPath)
    {
        /// <summary>The configuration as it came: who asks with the same text shares the answer.</summary>
        public string Text { get; init; } = "";
    }

    /// <summary>
    /// GC: free what belongs to no attachment of the list. Of the node, not of a sandbox; answered with
    /// <see cref="Reply.Done"/> or <see cref="Reply.Refused"/>.
    /// </summary>
    /// <param name="Id">As <see cref="SandboxRequest.Id"/>.</param>
    /// <param name="Configuration">As <see cref="SandboxRequest.Configuration"/>.</param>
    /// <param name="PluginPath">As <see cref="SandboxRequest.PluginPath"/>.</param>
    /// <param name="Valid">The runtime's list. Empty means that no sandbox is left; that there must be a list has been
    /// checked.</param>
    /// <param name="Abandoned">The caller has gone: sandboxes that it makes from now on are not on the list, so no more
    /// is taken away.</param>
    /// <remarks>May be retried. One at a time: a second one is refused with "try again later".</remarks>
    public sealed record CollectGarbage(
        string Id,
        MultusConfiguration Configuration,
        ImmutableArray<string> PluginPath,
        ImmutableArray<ValidAttachment> Valid,
        CancellationToken Abandoned
    );

    public abstract record Reply
    {
        private Reply() { }

        /// <summary>All networks are attached; this is the cluster network's result.</summary>
        public sealed record Attached(CniResult Result) : Reply;

        public sealed record Done : Reply;

        /// <summary>
        /// It failed. After an ADD nothing is left, or what is left is on record, and a DEL of it is stored and
        /// repeated until it is done.
        /// </summary>
        public sealed record Refused(CniError Error) : Reply
        {
            /// <summary>
            /// A DEL of what is left is stored, or was before: the daemon repeats it until it is done or given up.
            /// </summary>
            public bool IsStored { get; init; }

            /// <summary>
            /// What is left of the sandbox, when its namespace is gone and nothing else could be the matter: see
            /// <see cref="RollbackResult.IsHopeless"/>. Empty otherwise.
            /// </summary>
            public ImmutableArray<string> Hopeless { get; init; } = [];

            /// <summary>It was the last try: the stored DEL waits for the operator now.</summary>
            public bool IsGivenUp { get; init; }
        }
    }
}
