using Multus.Actors.Cluster;
using Multus.Kubernetes;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// Sends one write to the cluster, whichever kind of cluster it is, within the time that one may take.
/// </summary>
internal sealed class StatusSender(IClusterApi api, TimeSpan limit, TimeProvider time)
{
    public Task SendAsync(ICommand write, CancellationToken stopping) =>
        ClusterQuestion.BoundedAsync(limit, time, cancel => SendNowAsync(write, cancel), stopping);

    /// <summary>A full disk, a missing folder and a slow server pass; what the source itself calls final does
    /// not.</summary>
    public static bool IsPassing(Exception crash) => crash is not KubernetesException { IsTransient: false };

    private Task SendNowAsync(ICommand write, CancellationToken cancel) =>
        write switch
        {
            Publish publish when api.OwnedStatuses is { } owned => owned.WriteAsync(
                publish.Sandbox,
                publish.Pod,
                Uid(publish.Uid),
                publish.Json,
                cancel
            ),
            Publish publish => api.WriteNetworkStatusAsync(
                publish.Pod,
                Uid(publish.Uid),
                publish.Annotation,
                publish.Json,
                cancel
            ),
            Clear clear when api.OwnedStatuses is { } owned => owned.ClearAsync(
                clear.Sandbox,
                clear.Pod,
                Uid(clear.Uid),
                cancel
            ),
            // An earlier daemon's, of another kind of cluster: the status goes with its pod.
            Clear => Task.CompletedTask,
            _ => throw new InvalidOperationException($"unknown command {write}"),
        };

    private static string? Uid(string uid) => uid.Length == 0 ? null : uid;
}
