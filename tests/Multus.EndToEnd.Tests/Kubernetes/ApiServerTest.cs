using System.Diagnostics.CodeAnalysis;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.ClientFiles;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Kubernetes;

/// <summary>
/// A test on a node whose cluster is an API server of the test's own. Every network is served by one plugin that
/// records its calls.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public abstract class ApiServerTest(ITestOutputHelper output, Flavour flavour = Flavour.Thick)
    : NodeTest(output, flavour)
{
    protected const string NodeName = "node-1";
    protected const uint TryAgainLater = 11;

    private const string StatusAnnotation = "k8s.v1.cni.cncf.io/network-status";

    private TestApiServer? _server;
    private SteeredPlugin? _plugin;

    protected TestApiServer Server => _server!; // xunit calls InitializeAsync before the test

    protected ClientFolder Files { get; private set; } = null!;

    protected SteeredPlugin Plugin => _plugin!;

    protected IEnumerable<string> Attached =>
        Plugin.Calls.Where(call => call.Command == "ADD").Select(call => call.IfName);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _server = await Node.StartApiServer(NodeName);
        Files = Server.FilesIn(Path.Combine(Node.Folders.Root, "client"));
        _plugin = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", _plugin.Type)));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    protected void UseKubeconfig() => Node.With("kubeconfig", Files.KubeconfigWithToken(Server.Access.IssueToken()));

    protected void CreateNetwork(string name) =>
        Server.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network(Manifests.Namespace, name, Networks.Steered(name, Plugin.Type))
        );

    /// <summary>A pod that the API server knows.</summary>
    protected TestPod CreatePod(string? networks)
    {
        var pod = Node.UnknownPod("pod");
        Create(pod, networks);
        return pod;
    }

    protected StoredObject Create(TestPod pod, string? networks) =>
        Server.Objects.Create(ResourceType.Pods, TestObjects.Pod(pod.Namespace, pod.Name, networks, NodeName, pod.Uid));

    protected string? StatusOf(TestPod pod) =>
        Server.Objects.Get(ResourceType.Pods, pod.Namespace, pod.Name).Annotation(StatusAnnotation);
}
