using Multus.Core.Pods;

namespace Multus.Engine.State;

/// <summary>
/// Where network-statuses wait that were promised and are not stored yet, the newest of each pod. One caller at a time
/// changes it; how it stands may be asked meanwhile, on any thread, and never waits for the disk.
/// </summary>
public interface IStatusSpool
{
    /// <summary>How many pods have a file.</summary>
    int Count { get; }

    /// <summary>Whether the pod has a file.</summary>
    bool Has(PodKey pod);

    /// <summary>
    /// Keeps a write, instead of what was kept for the pod. One that cannot be kept is logged: it is lost if the daemon
    /// ends before it is stored.
    /// </summary>
    void Keep(SpooledStatus status, DateTimeOffset since);

    /// <summary>
    /// What was kept for the pod is done. A file that cannot be removed is logged, and counts as being there.
    /// </summary>
    void Forget(PodKey pod);

    /// <summary>
    /// What an earlier daemon has left to do. The status of a sandbox that has no record any more is none of it:
    /// somebody else has deleted the sandbox meanwhile, and may have written the status of the next.
    /// </summary>
    IReadOnlyList<(SpooledStatus Status, DateTimeOffset Since)> Load();
}
