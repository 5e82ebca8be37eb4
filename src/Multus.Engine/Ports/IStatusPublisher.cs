using Multus.Cni;
using Multus.Core.Pods;

namespace Multus.Engine.Ports;

/// <summary>Writes the network-status of pods. Every member may be called from any thread, at once.</summary>
public interface IStatusPublisher
{
    /// <summary>
    /// Whether network-status follows what is plugged into a running pod and out again. Where others write it as well
    /// it is theirs, as upstream has it.
    /// </summary>
    bool FollowsHotPlug { get; }

    /// <summary>
    /// Takes a status back; null on an API server, where it goes with the pod and a DEL does not ask for it.
    /// </summary>
    IStatusClearing? Clearing { get; }

    /// <summary>Writes a status: the newest one for a pod wins. May be repeated.</summary>
    /// <exception cref="CniException">The ADD must not succeed without it.</exception>
    Task<StatusOutcome> PublishAsync(StatusUpdate update);

    /// <summary>
    /// The sandbox is gone: what is still to be written for it is dropped. Returns at once; says nothing.
    /// </summary>
    void Withdraw(SandboxId sandbox, PodKey pod);
}

/// <summary>Takes statuses back, where nothing else does.</summary>
public interface IStatusClearing
{
    /// <summary>Clears the pod's status if it is this sandbox's; that of another sandbox of the pod stays.</summary>
    Task<StatusOutcome> ClearAsync(SandboxId sandbox, PodKey pod, string uid, string annotation);
}

/// <summary>A status to be written.</summary>
/// <param name="Sandbox">Whose status it is.</param>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Uid">The pod's UID, or empty if the runtime gave none; a pod with another UID is never written
/// to.</param>
/// <param name="Annotation">The annotation's key.</param>
/// <param name="Json">The annotation's value.</param>
public sealed record StatusUpdate(SandboxId Sandbox, PodKey Pod, string Uid, string Annotation, string Json);

/// <summary>What became of a status.</summary>
public abstract record StatusOutcome
{
    private StatusOutcome() { }

    /// <summary>It, or a newer one of the same pod, is stored, or cleared.</summary>
    public sealed record Stored : StatusOutcome;

    /// <summary>Not yet; it is on disk and tried again.</summary>
    /// <param name="Reason">Why, for the log.</param>
    /// <param name="IsOutage">The cluster does not answer anybody, which has been logged.</param>
    public sealed record Queued(string Reason, bool IsOutage) : StatusOutcome;

    /// <summary>It can never be stored: the pod is gone or another one, or writing is not allowed.</summary>
    public sealed record Refused(string Reason) : StatusOutcome;
}
