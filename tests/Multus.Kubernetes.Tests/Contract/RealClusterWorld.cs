using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.ReferenceClient;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// The built-in client on a cluster that somebody runs, changed with the full KubernetesClient, in two namespaces of
/// its own. The cluster must have the NAD's CRD and a node; pods go to its first node and run a pause image there.
/// </summary>
internal sealed class RealClusterWorld : ClusterWorld
{
    public const string Variable = "MULTUS_TEST_KUBECONFIG";

    private readonly ReferenceCluster _others;
    private readonly string _node;
    private readonly ApiCluster _client;

    private RealClusterWorld(string kubeconfig, ReferenceCluster others, string node)
    {
        _others = others;
        _node = node;
        _client = ApiClients.Make(Kubeconfig.Read(kubeconfig), node);
    }

    public override IClusterApi Api => _client;

    public override string Namespace { get; } = Unique.Name("mt-a-");

    public override string OtherNamespace { get; } = Unique.Name("mt-b-");

    /// <param name="kubeconfig">Of a user who may do everything, by token or certificate.</param>
    public static async Task<RealClusterWorld> StartAsync(string kubeconfig)
    {
        var others = new ReferenceCluster(kubeconfig);
        try
        {
            var world = new RealClusterWorld(kubeconfig, others, await others.FirstNodeAsync());
            await others.CreateNamespaceAsync(world.Namespace);
            await others.CreateNamespaceAsync(world.OtherNamespace);
            return world;
        }
        catch
        {
            others.Dispose();
            throw;
        }
    }

    public override Task<string> PutPodAsync(PodKey key, string networks) =>
        _others.PutPodAsync(key.Namespace, key.Name, _node, NetworkSelectionParser.NetworksAnnotation, networks);

    public override Task RemovePodAsync(PodKey key) => _others.RemovePodAsync(key.Namespace, key.Name);

    public override Task PutNetworkAsync(NetworkKey key, string? config) =>
        _others.PutNetworkAsync(key.Namespace, key.Name, config);

    public override Task RemoveNetworkAsync(NetworkKey key) => _others.RemoveNetworkAsync(key.Namespace, key.Name);

    public override Task<string?> StatusAsync(PodKey key, string annotation) =>
        _others.PodAnnotationAsync(key.Namespace, key.Name, annotation);

    // kubelet writes to the pod, too; so the revision says nothing of us.
    public override Task<string?> StatusVersionAsync(PodKey key, string annotation) => StatusAsync(key, annotation);

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        try
        {
            await _others.RemoveNamespaceAsync(Namespace);
            await _others.RemoveNamespaceAsync(OtherNamespace);
        }
        finally
        {
            _others.Dispose();
        }
    }
}
