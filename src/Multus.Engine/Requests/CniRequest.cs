using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Configuration;
using Multus.Core.Planning;

namespace Multus.Engine.Requests;

/// <summary>Everything that can be asked of the engine. It is answered with a <see cref="CniReply"/>.</summary>
public abstract record CniRequest
{
    private CniRequest() { }

    /// <summary>Names the request in the log and in errors.</summary>
    public abstract string Id { get; }

    /// <summary>The verb as the runtime calls it.</summary>
    public abstract CniCommand Verb { get; }

    /// <summary>A request about one sandbox: those of one container ID are carried out one at a time.</summary>
    public abstract record OfSandbox(SandboxRequest Request) : CniRequest
    {
        public sealed override string Id => Request.Id;

        /// <summary>What is done, as the log has it.</summary>
        public string Name => GetType().Name;
    }

    /// <summary>
    /// ADD: attach every network of the pod; answered with <see cref="CniReply.Attached"/> or
    /// <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="Request">The request.</param>
    /// <param name="Abandoned">The caller has gone: what has not started is dropped, what runs is undone.</param>
    /// <remarks>
    /// May be retried: what is attached answers as the first time, what was begun and never finished is undone and done
    /// anew.
    /// </remarks>
    public sealed record Attach(SandboxRequest Request, CancellationToken Abandoned) : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Add;
    }

    /// <summary>
    /// DEL: detach everything the sandbox has; answered with <see cref="CniReply.Done"/> or
    /// <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="Request">The request.</param>
    /// <param name="StoredAs">The stored DEL that this is, or null for one of the runtime's. When its turn comes and it
    /// is not stored any more, an ADD has come between, and there is nothing to do.</param>
    /// <remarks>
    /// May be retried: it needs the record only, and what is gone already is success. What could not be detached stays
    /// on record, and the DEL is stored before it is answered.
    /// </remarks>
    public sealed record Detach(SandboxRequest Request, string? StoredAs) : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Del;

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
        /// ADDs of the sandbox were waiting, and none has begun: without a record it never had anything.
        /// </summary>
        public bool WasNeverAttached { get; init; }

        /// <summary>
        /// Only for a stored DEL: should it fail once more with nothing left but what
        /// <see cref="CniReply.Refused.Hopeless"/> says, it is given up.
        /// </summary>
        public bool IsLastTry { get; init; }
    }

    /// <summary>CHECK: is everything still as it was attached? Changes nothing; may be retried.</summary>
    public sealed record Check(SandboxRequest Request) : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Check;
    }

    /// <summary>
    /// ADD of <c>/delegate</c>: one interface more for a running pod; answered with <see cref="CniReply.Attached"/> or
    /// <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="Request">Its interface name is the new interface's; its configuration is the daemon's own.</param>
    /// <param name="Interface">The network, and what is asked for of it.</param>
    /// <param name="Abandoned">The caller has gone: what runs is undone.</param>
    /// <remarks>May be retried, like <see cref="Attach"/>. What is attached here goes with the pod's DEL.</remarks>
    public sealed record Plug(SandboxRequest Request, InterfaceRequest Interface, CancellationToken Abandoned)
        : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Add;
    }

    /// <summary>
    /// DEL of <c>/delegate</c>: takes one interface away from a running pod; answered with <see cref="CniReply.Done"/>
    /// or <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="Request">Its interface name says which.</param>
    /// <param name="Network">What to detach if nothing is on record of that interface.</param>
    /// <remarks>
    /// May be retried. What could not be detached stays on record, for the next try or the pod's DEL.
    /// </remarks>
    public sealed record Unplug(SandboxRequest Request, NetworkConfiguration Network) : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Del;

        /// <summary>The stored DEL that this is, or null for a client's.</summary>
        public string? StoredAs { get; init; }
    }

    /// <summary>
    /// CHECK of <c>/delegate</c>: is this one interface as it was attached? Changes nothing; may be retried.
    /// </summary>
    /// <param name="Request">Its interface name says which.</param>
    /// <param name="Network">What to check if nothing is on record of that interface.</param>
    public sealed record CheckInterface(SandboxRequest Request, NetworkConfiguration Network) : OfSandbox(Request)
    {
        public override CniCommand Verb => CniCommand.Check;
    }

    /// <summary>
    /// STATUS: could an ADD succeed now? Of the node, not of a sandbox; answered with <see cref="CniReply.Done"/> or
    /// <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="RequestId">As <see cref="SandboxRequest.Id"/>.</param>
    /// <param name="Configuration">As <see cref="SandboxRequest.Configuration"/>.</param>
    /// <param name="PluginPath">As <see cref="SandboxRequest.PluginPath"/>.</param>
    public sealed record GetStatus(
        string RequestId,
        MultusConfiguration Configuration,
        ImmutableArray<string> PluginPath
    ) : CniRequest
    {
        /// <summary>The configuration as it came: who asks with the same text shares the answer.</summary>
        public string Text { get; init; } = "";

        public override string Id => RequestId;

        public override CniCommand Verb => CniCommand.Status;
    }

    /// <summary>
    /// STATUS of <c>/delegate</c>: are this network's plugins able to serve? Answered like <see cref="GetStatus"/>.
    /// </summary>
    public sealed record GetNetworkStatus(
        string RequestId,
        MultusConfiguration Configuration,
        NetworkConfiguration Network,
        ImmutableArray<string> PluginPath
    ) : CniRequest
    {
        public override string Id => RequestId;

        public override CniCommand Verb => CniCommand.Status;
    }

    /// <summary>
    /// GC: free what belongs to no attachment of the list. Of the node, not of a sandbox; answered with
    /// <see cref="CniReply.Done"/> or <see cref="CniReply.Refused"/>.
    /// </summary>
    /// <param name="RequestId">As <see cref="SandboxRequest.Id"/>.</param>
    /// <param name="Configuration">As <see cref="SandboxRequest.Configuration"/>.</param>
    /// <param name="PluginPath">As <see cref="SandboxRequest.PluginPath"/>.</param>
    /// <param name="Valid">The runtime's list. Empty means that no sandbox is left; that there must be a list has been
    /// checked.</param>
    /// <param name="Abandoned">The caller has gone: sandboxes that it makes from now on are not on the list, so no more
    /// is taken away.</param>
    /// <remarks>May be retried. One at a time: a second one is refused with "try again later".</remarks>
    public sealed record CollectGarbage(
        string RequestId,
        MultusConfiguration Configuration,
        ImmutableArray<string> PluginPath,
        ImmutableArray<ValidAttachment> Valid,
        CancellationToken Abandoned
    ) : CniRequest
    {
        public override string Id => RequestId;

        public override CniCommand Verb => CniCommand.Gc;
    }

    /// <summary>
    /// A DEL that a delegate of ours has made: there is nothing to do, and it must not wait for the sandbox that waits
    /// for it.
    /// </summary>
    public sealed record DeleteOfDelegate(string RequestId) : CniRequest
    {
        public override string Id => RequestId;

        public override CniCommand Verb => CniCommand.Del;
    }
}
