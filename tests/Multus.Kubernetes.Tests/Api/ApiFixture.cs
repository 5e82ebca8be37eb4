using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Tests.Folder;
using Multus.TestCluster;
using Multus.TestCluster.ClientFiles;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api;

/// <summary>A test API server with one node's cluster client on it.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    public const string Node = "node-1";

    public static readonly PodKey Web = new("shop", "web");
    public static readonly NetworkKey Blue = new("shop", "blue");

    private readonly TempFolder _folder = new();
    private readonly List<IDisposable> _clusters = [];

    private ApiFixture(TestApiServer server)
    {
        Server = server;
        Files = server.FilesIn(_folder["client"]);
    }

    public TestApiServer Server { get; }

    public ClientFolder Files { get; }

    public TempFolder Folder => _folder;

    /// <summary>Of clients made from here on; the server's is real, because certificates have dates.</summary>
    public TimeProvider ClientTime { get; set; } = TimeProvider.System;

    public IExecPluginRunner? Runner { get; set; }

    /// <summary>What clients say, all of them.</summary>
    public MemoryLog<ApiCluster> Log { get; } = new();

    /// <summary>The environment of clients made from here on.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public static async Task<ApiFixture> StartAsync(TestApiServerSettings? settings = null) =>
        new(await TestApiServer.StartAsync(settings));

    public static ApiClusterSettings Settings { get; } =
        new(Node, "1.2.3")
        {
            BackoffMin = TimeSpan.FromMilliseconds(5),
            BackoffMax = TimeSpan.FromMilliseconds(20),
            AbsentBackoffMax = TimeSpan.FromMilliseconds(20),
            CredentialInterval = TimeSpan.Zero,
        };

    public ApiCluster ClusterWithToken(ApiClusterSettings? settings = null) =>
        Cluster(Kubeconfig.Read(Files.KubeconfigWithToken(Server.Access.IssueToken())), settings);

    public ApiCluster Cluster(ApiAccess access, ApiClusterSettings? settings = null)
    {
        var cluster = new ApiCluster(
            access,
            settings ?? Settings,
            Runner,
            Environment.GetValueOrDefault,
            ClientTime,
            new Random(1),
            Log
        );
        _clusters.Add(cluster);
        return cluster;
    }

    public StoredObject AddPod(
        string name = "web",
        string? networks = "blue",
        string node = Node,
        string? uid = null
    ) => Server.Objects.Create(ResourceType.Pods, TestObjects.Pod("shop", name, networks, node, uid));

    public StoredObject AddNetwork(string name = "blue", string config = "{}") =>
        Server.Objects.Create(ResourceType.Networks, TestObjects.Network("shop", name, config));

    public string? StatusOf(string name = "web") =>
        Server
            .Objects.Get(ResourceType.Pods, "shop", name)
            .Json.GetProperty("metadata")
            .TryGetProperty("annotations", out var annotations)
        && annotations.TryGetProperty("k8s.v1.cni.cncf.io/network-status", out var status)
            ? status.GetString()
            : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
            cluster.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
