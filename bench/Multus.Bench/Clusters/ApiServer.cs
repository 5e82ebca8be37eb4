using Multus.Bench.Nodes;
using Multus.Bench.Workloads;
using Multus.TestCluster;
using Multus.TestCluster.Objects;

namespace Multus.Bench.Clusters;

/// <summary>
/// The test API server with a workload's pods and networks in it. It runs in the driver, which is in the node's network
/// namespace: HTTPS over loopback, and its CPU is taken from the same processors as the daemon's.
/// </summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private const int PodBytes = 8 * 1024; // a small application's

    private static readonly string[] StatusAnnotation =
    [
        "metadata",
        "annotations",
        "k8s.v1.cni.cncf.io/network-status",
    ];

    private readonly TestApiServer _server;

    private ApiServer(TestApiServer server) => _server = server;

    public static async Task<ApiServer> StartAsync(NodeFolder node, Workload workload)
    {
        var server = await TestApiServer.StartAsync();
        for (var i = 1; i < workload.Networks; i++)
            server.Objects.Create(
                ResourceType.Networks,
                TestObjects.Network(Pod.Namespace, NodeFolder.NetworkName(i), node.DelegateConfiguration(i))
            );
        for (var i = 0; i < workload.Pods; i++)
            server.Objects.Create(
                ResourceType.Pods,
                TestObjects.Enlarged(
                    TestObjects.Pod(
                        Pod.Namespace,
                        Pod.NameOf(i),
                        node.NetworksOfPod,
                        NodeFolder.NodeName,
                        Pod.UidOf(i)
                    ),
                    PodBytes
                )
            );
        server.FilesIn(node.ClusterFolder).KubeconfigWithToken(server.Access.IssueToken());
        return new ApiServer(server);
    }

    /// <summary>All so far, whatever their answers were.</summary>
    public ClusterWrites Writes() =>
        new(_server.Journal.Writes(ResourceType.Pods).Count, _server.Journal.Writes(ResourceType.CoreEvents).Count);

    /// <summary>One line when there are any.</summary>
    public IEnumerable<string> PodsWithoutStatus()
    {
        var without = _server.Objects.All(ResourceType.Pods).Where(pod => pod.Text(StatusAnnotation) is null).ToList();
        if (without.Count > 0)
            yield return $"{without.Count} pods have no network-status, e.g. {without[0].Key.Name}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
