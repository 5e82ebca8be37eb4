using Multus.Engine.Ports;
using Multus.Kubernetes;

namespace Multus.Thin.Clusters;

/// <summary>
/// Posts what happened to the pod of this call as a Kubernetes event. It is sent when all else is done, and the call
/// waits for it a moment and no longer: an event may be lost.
/// </summary>
internal sealed class DirectEvents(LazyCluster cluster, TimeProvider time, ILogger log) : IEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private volatile PodEvent? _happened;

    public void Publish(PodEvent happened) => _happened = happened;

    /// <summary>Sends it, if there is one. Throws nothing that is foreseen.</summary>
    public async Task SendAsync()
    {
        if (_happened is not { } happened)
            return;

        try
        {
            if (cluster.Api() is IClusterEvents events)
            {
                await ClusterQuestion
                    .BoundedAsync(
                        Patience,
                        time,
                        cancel => events.PostAsync(EventOf(happened), cancel),
                        CancellationToken.None
                    )
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is KubernetesException or Cni.CniException)
        {
            ThinCallLog.EventLost(log, happened.Pod.Namespace, happened.Pod.Name, e.Message);
        }
    }

    private ClusterEvent EventOf(PodEvent happened)
    {
        var now = time.GetUtcNow();
        var reason = happened is PodEvent.Failed failed ? failed.Reason : EventTexts.AddedInterface;
        return new ClusterEvent(
            happened.Pod,
            happened.Uid,
            IsWarning: happened is PodEvent.Failed,
            reason,
            happened.Message,
            now,
            now,
            1
        );
    }
}
