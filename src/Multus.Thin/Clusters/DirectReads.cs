using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Kubernetes;

namespace Multus.Thin.Clusters;

/// <summary>
/// Pods and networks by one question for each. That a question was not answered is never "there is none".
/// </summary>
/// <param name="cluster">Is asked.</param>
/// <param name="settings">Say whether there is one, and how long a mirror is waited for.</param>
/// <param name="time">The clock of that wait.</param>
internal sealed class DirectReads(LazyCluster cluster, ThinSettings settings, TimeProvider time) : IPods, INetworks
{
    private volatile Pod? _found;

    public string Source => settings.HasCluster ? cluster.Description : "anybody";

    /// <summary>The pod of this call, once it was found.</summary>
    public Pod? Found => _found;

    public async Task<Pod?> FindAsync(PodIdentity pod, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(pod);
        if (!settings.HasCluster)
            return settings.IsSelfContained ? null : throw NoCluster();

        var found = await ReadAsync(pod, cancel).ConfigureAwait(false);
        if (MayComeLate(pod, found))
        {
            // Kubelet makes the mirror before the sandbox, or cannot: once more is enough.
            await Task.Delay(settings.MirrorWait, time, cancel).ConfigureAwait(false);
            found = await ReadAsync(pod, cancel).ConfigureAwait(false);
        }

        if (found is not null && !found.IsFor(pod.Uid))
            throw PodRules.AnotherPod(pod, found.RuntimeUid ?? "");
        return _found = found;
    }

    public async Task<ImmutableDictionary<NetworkKey, NetworkAttachmentDefinition>> FindAsync(
        ImmutableArray<NetworkKey> keys,
        bool fromMemory,
        CancellationToken cancel
    )
    {
        var names = $"network-attachment-definitions {string.Join(", ", keys)}";
        if (!settings.HasCluster)
            throw NoCluster();
        if (fromMemory && !cluster.IsFolder)
            throw new CniException(CniErrorCode.TryAgainLater, $"{names} are not known: a DEL asks no API server");

        try
        {
            var read = await cluster
                .AskAsync(
                    (api, token) => Task.WhenAll(keys.Distinct().Select(key => api.GetNetworkAsync(key, token))),
                    cancel
                )
                .ConfigureAwait(false);
            return read.OfType<NetworkAttachmentDefinition>().ToImmutableDictionary(network => network.Key);
        }
        catch (KubernetesException e)
        {
            throw new CniException(ClusterQuestion.NotReadable(names, cluster.Description, e), e);
        }
    }

    private async Task<Pod?> ReadAsync(PodIdentity pod, CancellationToken cancel)
    {
        try
        {
            return await cluster
                .AskAsync((api, token) => api.GetPodAsync(pod.Key, token), cancel)
                .ConfigureAwait(false);
        }
        catch (KubernetesException e)
        {
            throw new CniException(ClusterQuestion.NotReadable($"pod {pod.Key}", cluster.Description, e), e);
        }
    }

    // The mirror of the manifest before is not the one.
    private bool MayComeLate(PodIdentity pod, Pod? found) =>
        !cluster.IsFolder
        && PodIdentity.MayBeStatic(pod.Uid)
        && found?.IsFor(pod.Uid) != true
        && settings.MirrorWait > TimeSpan.Zero;

    private static CniException NoCluster() =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            "must have either Kubernetes config or delegates: set 'kubeconfig' to the path of a kubeconfig file, "
                + "'manifestDir' to a folder of Kubernetes manifests, or 'delegates' to an array of configurations"
        );
}
