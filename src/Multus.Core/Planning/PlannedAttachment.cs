using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>One network for one pod, resolved to the last byte that its plugins will get.</summary>
/// <param name="Index">Position in the plan; the cluster network is 0.</param>
/// <param name="DisplayName">"namespace/name" of the NAD, else the configuration's own name; what the network-status
/// shows.</param>
/// <param name="IsMaster">True for the one whose result the runtime gets: the cluster network.</param>
/// <param name="Parameters">For CHECK and DEL.</param>
/// <param name="AddParameters">For ADD: the same, and the requested MAC and addresses among the arguments (attach.md
/// §7.2).</param>
/// <param name="Selection">What the pod asked for, <c>null</c> for networks that every pod gets.</param>
public sealed record PlannedAttachment(
    int Index,
    string DisplayName,
    bool IsMaster,
    NetworkConfiguration Configuration,
    AttachmentParameters Parameters,
    AttachmentParameters AddParameters,
    NetworkSelection? Selection
)
{
    /// <summary>
    /// True when nothing else of the pod may be attached or detached at the same time, so that the order of the plan
    /// counts.
    /// </summary>
    public bool RunsAlone { get; init; }

    /// <summary>The device that it has, <c>null</c> for none: kubelet's, or the one that the pod named.</summary>
    public string? DeviceId { get; init; }

    /// <summary>
    /// How many plugins of its chain its ADD has run before it failed: there was never a result, and those behind have
    /// done nothing. <c>null</c> when it has not failed, or nobody knows.
    /// </summary>
    public int? Begun { get; init; }

    /// <summary>Where its configuration was found; <c>null</c> for one that was read from a record.</summary>
    public NetworkOrigin? Origin { get; init; }

    /// <summary>The resource that the device is of, <c>null</c> when the pod named it.</summary>
    public string? ResourceName { get; init; }
}
