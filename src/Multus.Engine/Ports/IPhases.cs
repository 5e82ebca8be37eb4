using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Engine.Requests;

namespace Multus.Engine.Ports;

/// <summary>Hears how far the operations are. Every member may be called from any thread, at once.</summary>
public interface IPhases
{
    /// <summary>Returns at once and throws nothing.</summary>
    void Report(OperationPhase phase);
}

/// <summary>How far an operation is. Each has one <see cref="Begun"/> and, whatever happens, one
/// <see cref="Done"/>.</summary>
/// <param name="RequestId">Names the request in the log and in errors.</param>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
public abstract record OperationPhase(string RequestId, SandboxId Sandbox)
{
    /// <summary>The sandbox is this operation's now.</summary>
    /// <param name="Verb">The CNI verb.</param>
    /// <param name="Request">Whose it is, and where.</param>
    public sealed record Begun(string RequestId, SandboxId Sandbox, CniCommand Verb, SandboxRequest Request)
        : OperationPhase(RequestId, Sandbox);

    /// <summary>An ADD knows what it has to attach, and it is on record.</summary>
    /// <param name="Attachments">Of this operation, in the order of the plan.</param>
    public sealed record Planned(string RequestId, SandboxId Sandbox, ImmutableArray<PlannedAttachment> Attachments)
        : OperationPhase(RequestId, Sandbox);

    /// <summary>All plugins of one network have run.</summary>
    /// <param name="Attachment">The network.</param>
    /// <param name="Result">What they made.</param>
    public sealed record Attached(string RequestId, SandboxId Sandbox, PlannedAttachment Attachment, CniResult Result)
        : OperationPhase(RequestId, Sandbox);

    /// <summary>A plugin is asked to run; it may have to wait for a slot.</summary>
    public sealed record PluginStarted(string RequestId, SandboxId Sandbox, PluginRun Plugin)
        : OperationPhase(RequestId, Sandbox);

    /// <summary>A plugin has ended.</summary>
    /// <param name="Error">What it said when it failed.</param>
    /// <param name="Stderr">What it wrote to stderr, in one line; empty: nothing.</param>
    public sealed record PluginEnded(
        string RequestId,
        SandboxId Sandbox,
        PluginRun Plugin,
        CniError? Error,
        string Stderr
    ) : OperationPhase(RequestId, Sandbox);

    /// <summary>The pod's default routes are taken over.</summary>
    public sealed record Routes(string RequestId, SandboxId Sandbox) : OperationPhase(RequestId, Sandbox);

    /// <summary>The pod's default routes were changed.</summary>
    /// <param name="Removed">Those that are gone, as "default via 10.1.0.1 dev eth0".</param>
    /// <param name="Added">Those that are new.</param>
    public sealed record RoutesChanged(
        string RequestId,
        SandboxId Sandbox,
        ImmutableArray<string> Removed,
        ImmutableArray<string> Added
    ) : OperationPhase(RequestId, Sandbox);

    /// <summary>The network-status is written.</summary>
    public sealed record Status(string RequestId, SandboxId Sandbox) : OperationPhase(RequestId, Sandbox);

    /// <summary>The operation has ended.</summary>
    /// <param name="Error">Why it failed; null when it did not.</param>
    public sealed record Done(string RequestId, SandboxId Sandbox, CniError? Error)
        : OperationPhase(RequestId, Sandbox);
}

/// <summary>One run of one plugin; compared by reference, since a chain may name a plugin twice.</summary>
/// <param name="type">The plugin's type.</param>
/// <param name="verb">What it is run for.</param>
/// <param name="network">The network's name.</param>
/// <param name="ifName">CNI_IFNAME; empty for STATUS and GC.</param>
public sealed class PluginRun(string type, CniCommand verb, string network, string ifName)
{
    public string Type { get; } = type;

    public CniCommand Verb { get; } = verb;

    public string Network { get; } = network;

    public string IfName { get; } = ifName;
}
