using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Kubernetes;

namespace Multus.Thin.Clusters;

/// <summary>
/// Writes network-statuses, each by one request. There is nobody to try again later: what may be written the next time
/// fails the ADD, which is undone, and the runtime asks again.
/// </summary>
/// <param name="cluster">Is told.</param>
/// <param name="reads">Has found the pod.</param>
internal sealed class DirectStatuses(LazyCluster cluster, DirectReads reads) : IStatusPublisher, IStatusClearing
{
    public bool FollowsHotPlug => false; // there is no hot-plug without a daemon

    public IStatusClearing? Clearing => cluster.IsFolder ? this : null;

    public async Task<StatusOutcome> PublishAsync(StatusUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        try
        {
            await cluster
                .TellAsync((api, cancel) => WriteAsync(api, update, cancel), CancellationToken.None)
                .ConfigureAwait(false);
            return new StatusOutcome.Stored();
        }
        catch (KubernetesException e) when (!e.IsTransient)
        {
            return new StatusOutcome.Refused(e.Message);
        }
        catch (Exception e) when (e is KubernetesException or IOException or UnauthorizedAccessException)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"the network-status of pod {update.Pod} could not be written: {e.Message}",
                    "without a daemon nobody would write it later; what was attached is undone"
                ),
                e
            );
        }
    }

    public void Withdraw(SandboxId sandbox, PodKey pod)
    {
        // Nothing waits to be written.
    }

    public async Task<StatusOutcome> ClearAsync(SandboxId sandbox, PodKey pod, string uid, string annotation)
    {
        try
        {
            await cluster
                .TellAsync(
                    (api, cancel) =>
                        api.OwnedStatuses is { } owned
                            ? owned.ClearAsync(sandbox, pod, uid.Length == 0 ? null : uid, cancel)
                            : Task.CompletedTask,
                    CancellationToken.None
                )
                .ConfigureAwait(false);
            return new StatusOutcome.Stored();
        }
        catch (Exception e)
            when (e is KubernetesException or IOException or UnauthorizedAccessException or CniException)
        {
            return new StatusOutcome.Refused(e.Message); // a status file that stays does no harm, a pod's network does
        }
    }

    private Task WriteAsync(IClusterApi api, StatusUpdate update, CancellationToken cancel)
    {
        // The runtime knows a static pod by another UID than its mirror, which was found before.
        var uid =
            reads.Found is { Uid: { Length: > 0 } own } pod && pod.Key == update.Pod && pod.IsFor(update.Uid)
                ? own
                : update.Uid;
        var known = uid.Length == 0 ? null : uid;
        return api.OwnedStatuses is { } owned
            ? owned.WriteAsync(update.Sandbox, update.Pod, known, update.Json, cancel)
            : api.WriteNetworkStatusAsync(update.Pod, known, update.Annotation, update.Json, cancel);
    }
}
