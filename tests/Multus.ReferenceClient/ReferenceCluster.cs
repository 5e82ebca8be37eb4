using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Multus.ReferenceClient;

/// <summary>
/// A cluster, changed and looked at with a client that is not ours: what a test does with it means what it means to
/// everybody else's programs.
/// </summary>
public sealed class ReferenceCluster : IDisposable
{
    private const string PauseImage = "registry.k8s.io/pause:3.10";

    private readonly Kubernetes _client;
    private readonly GenericClient _networks;

    /// <param name="kubeconfig">Of a user who may do what is asked for here.</param>
    public ReferenceCluster(string kubeconfig)
    {
        _client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        _networks = new GenericClient(
            _client,
            NetworkDefinition.Group,
            NetworkDefinition.Version,
            NetworkDefinition.Plural,
            disposeClient: false
        );
    }

    public async Task<string> FirstNodeAsync() => (await _client.CoreV1.ListNodeAsync()).Items[0].Metadata.Name;

    public Task CreateNamespaceAsync(string ns) =>
        _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = ns } });

    /// <summary>
    /// The namespace and what can be in it here. The namespace itself goes when the cluster has the time.
    /// </summary>
    public async Task RemoveNamespaceAsync(string ns)
    {
        foreach (var pod in (await _client.CoreV1.ListNamespacedPodAsync(ns)).Items)
            await RemovePodAsync(ns, pod.Metadata.Name);
        foreach (var network in (await _networks.ListNamespacedAsync<NetworkDefinitionList>(ns)).Items)
            await RemoveNetworkAsync(ns, network.Metadata.Name);
        await _client.CoreV1.DeleteNamespaceAsync(ns);
    }

    /// <summary>Makes a pod that runs a pause image, or gives one that exists another annotation.</summary>
    /// <returns>The pod's UID.</returns>
    public async Task<string> PutPodAsync(string ns, string name, string node, string annotation, string value)
    {
        if (await FindPodAsync(ns, name) is not { } existing)
            return (await _client.CoreV1.CreateNamespacedPodAsync(PodOf(ns, name, node, annotation, value), ns))
                .Metadata
                .Uid;
        var patch = JsonSerializer.Serialize(
            new { metadata = new { annotations = new Dictionary<string, string> { [annotation] = value } } }
        );
        await _client.CoreV1.PatchNamespacedPodAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch), name, ns);
        return existing.Metadata.Uid;
    }

    public Task RemovePodAsync(string ns, string name) =>
        _client.CoreV1.DeleteNamespacedPodAsync(name, ns, gracePeriodSeconds: 0);

    /// <returns>Null also when there is no such pod.</returns>
    public async Task<string?> PodAnnotationAsync(string ns, string name, string annotation) =>
        (await FindPodAsync(ns, name))?.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(annotation, out var value)
            ? value
            : null;

    /// <param name="config">Null: the network has none.</param>
    public async Task PutNetworkAsync(string ns, string name, string? config)
    {
        try
        {
            var existing = await _networks.ReadNamespacedAsync<NetworkDefinition>(ns, name);
            existing.Spec.Config = config;
            await _networks.ReplaceNamespacedAsync(existing, ns, name);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            var network = new NetworkDefinition
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns },
                Spec = new NetworkDefinitionSpec { Config = config },
            };
            await _networks.CreateNamespacedAsync(network, ns);
        }
    }

    public Task RemoveNetworkAsync(string ns, string name) => _networks.DeleteNamespacedAsync<V1Status>(ns, name);

    public void Dispose()
    {
        _networks.Dispose();
        _client.Dispose();
    }

    private async Task<V1Pod?> FindPodAsync(string ns, string name)
    {
        try
        {
            return await _client.CoreV1.ReadNamespacedPodAsync(name, ns);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static V1Pod PodOf(string ns, string name, string node, string annotation, string value) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = ns,
                Annotations = new Dictionary<string, string> { [annotation] = value },
            },
            Spec = new V1PodSpec
            {
                NodeName = node,
                TerminationGracePeriodSeconds = 0,
                Containers = [new V1Container { Name = "main", Image = PauseImage }],
            },
        };
}
