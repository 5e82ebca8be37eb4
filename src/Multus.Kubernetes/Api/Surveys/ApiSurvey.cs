using System.Collections.Immutable;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Pods;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>
/// Reads a cluster once, for somebody who asks and then goes: nothing is watched, and an answer is not waited for long.
/// </summary>
public sealed class ApiSurvey : IDisposable
{
    private readonly ApiClusterSettings _settings;
    private readonly ApiTransport _transport;
    private readonly string _source;

    /// <param name="runner">Needed when the user's credential comes from a program.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="ApiConfigurationException">The access cannot be used as it is.</exception>
    public ApiSurvey(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _transport = new ApiTransport(access, settings, runner, environment, time, NullLogger.Instance);
        _source = access.Source;
    }

    public string Description => $"the API server {_transport.Server} ({_source})";

    /// <summary>All networks of the cluster; none where there is no such kind of object.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public Task<IReadOnlyList<NetworkAttachmentDefinition>> ListNetworksAsync(CancellationToken cancel) =>
        _transport.ListAsync(ApiResources.Networks, _settings.PageSize, cancel);

    /// <summary>The network; null when there is none of that name.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _transport.GetAsync(ApiResources.Networks, key.Namespace, key.Name, cancel);
    }

    /// <summary>The pools of whereabouts; none where its kinds are not there.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public async Task<ImmutableArray<AddressPool>> ListAddressPoolsAsync(CancellationToken cancel)
    {
        var request = new ApiRequest(
            "list",
            "ippools.whereabouts.cni.cncf.io",
            "/apis/whereabouts.cni.cncf.io/v1alpha1/ippools"
        );
        try
        {
            using var list = await _transport
                .SendAsync(request, StatusBodies.ReadWholeAsync, cancel)
                .ConfigureAwait(false);
            return SurveyJson.PoolsOf(list.RootElement);
        }
        catch (KubernetesException e) when (e.Status == 404)
        {
            return [];
        }
    }

    /// <summary>"namespace/name" of every pod of the cluster, whatever its node.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public async Task<IReadOnlySet<string>> ListPodNamesAsync(CancellationToken cancel)
    {
        var pods = await _transport
            .ListAsync(ApiResources.PodsOf(null), _settings.PageSize, cancel)
            .ConfigureAwait(false);
        return pods.Select(pod => pod.Key.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The running pods of a node, with their network-status.</summary>
    /// <param name="nodeName">Empty: of all nodes.</param>
    /// <param name="annotation">The key of the network-status.</param>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public async Task<IReadOnlyList<SurveyedStatus>> ListRunningAsync(
        string nodeName,
        string annotation,
        CancellationToken cancel
    )
    {
        var selector =
            nodeName.Length == 0 ? "" : $"?fieldSelector={Uri.EscapeDataString($"spec.nodeName={nodeName}")}";
        using var list = await _transport
            .SendAsync(new ApiRequest("list", "pods", $"/api/v1/pods{selector}"), StatusBodies.ReadWholeAsync, cancel)
            .ConfigureAwait(false);
        return SurveyJson.RunningOf(list.RootElement, annotation);
    }

    /// <summary>Sets a condition of a pod; the others stay.</summary>
    /// <param name="uid">The pod that it is about: another of its name is not touched.</param>
    /// <exception cref="KubernetesException">It is not done.</exception>
    public async Task SetPodConditionAsync(
        PodKey pod,
        string uid,
        PodCondition condition,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(pod);
        var request = new ApiRequest(
            "patch",
            "pods/status",
            $"{ApiResources.PodsOf(null).ObjectPath(pod.Namespace, pod.Name)}/status"
        )
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
            Body = new V1Patch(SurveyJson.ConditionPatch(uid, condition, now), V1Patch.PatchType.StrategicMergePatch),
        };
        using var _ = await _transport.SendAsync(request, StatusBodies.ReadWholeAsync, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sets one annotation of a network, or removes it. Needs the right to patch networks, which the manifests do not
    /// give.
    /// </summary>
    /// <param name="value">Null removes it.</param>
    /// <exception cref="KubernetesException">It is not done.</exception>
    public async Task AnnotateNetworkAsync(NetworkKey key, string annotation, string? value, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        var request = new ApiRequest(
            "patch",
            ApiResources.Networks.Name,
            ApiResources.Networks.ObjectPath(key.Namespace, key.Name)
        )
        {
            Namespace = key.Namespace,
            Name = key.Name,
            Body = new V1Patch(SurveyJson.AnnotationPatch(annotation, value), V1Patch.PatchType.MergePatch),
        };
        using var _ = await _transport.SendAsync(request, StatusBodies.ReadWholeAsync, cancel).ConfigureAwait(false);
    }

    public void Dispose() => _transport.Dispose();
}
