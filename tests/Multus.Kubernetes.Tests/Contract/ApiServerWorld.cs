using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>The built-in client, on an API server in this process.</summary>
internal sealed class ApiServerWorld : ClusterWorld, IBreakableWorld
{
    private const string Node = "node-1";

    private readonly TempFolder _folder = new();
    private readonly TestApiServer _server;
    private readonly ApiCluster _client;

    private ApiServerWorld(TestApiServer server)
    {
        _server = server;
        var kubeconfig = server.FilesIn(_folder.Path).KubeconfigWithToken(server.Access.IssueToken());
        _client = ApiClients.Make(Kubeconfig.Read(kubeconfig), Node);
    }

    public TestApiServer Server => _server;

    public override IClusterApi Api => _client;

    public override string Namespace => "here";

    public override string OtherNamespace => "there";

    public static async Task<ApiServerWorld> StartAsync(TestApiServerSettings? settings = null) =>
        new(await TestApiServer.StartAsync(settings));

    public override Task<string> PutPodAsync(PodKey key, string networks)
    {
        var existing = _server.Objects.Find(ResourceType.Pods, key.Namespace, key.Name);
        var stored = existing is null
            ? _server.Objects.Create(
                ResourceType.Pods,
                TestObjects.Enlarged(TestObjects.Pod(key.Namespace, key.Name, networks, Node), 5_000)
            )
            : _server.Objects.Update(
                ResourceType.Pods,
                key.Namespace,
                key.Name,
                pod => WithNetworks(pod.ToMutable(), networks)
            );
        return Task.FromResult(stored.Uid);
    }

    public override Task RemovePodAsync(PodKey key)
    {
        _server.Objects.Delete(ResourceType.Pods, key.Namespace, key.Name);
        return Task.CompletedTask;
    }

    public override Task PutNetworkAsync(NetworkKey key, string? config)
    {
        var network = TestObjects.Network(key.Namespace, key.Name, config);
        if (_server.Objects.Find(ResourceType.Networks, key.Namespace, key.Name) is null)
            _server.Objects.Create(ResourceType.Networks, network);
        else
            _server.Objects.Update(
                ResourceType.Networks,
                key.Namespace,
                key.Name,
                old => WithSpec(old.ToMutable(), network["spec"]!)
            );
        return Task.CompletedTask;
    }

    public override Task RemoveNetworkAsync(NetworkKey key)
    {
        _server.Objects.Delete(ResourceType.Networks, key.Namespace, key.Name);
        return Task.CompletedTask;
    }

    public override Task<string?> StatusAsync(PodKey key, string annotation) =>
        Task.FromResult(_server.Objects.Find(ResourceType.Pods, key.Namespace, key.Name)?.Annotation(annotation));

    public override Task<string?> StatusVersionAsync(PodKey key, string annotation) =>
        Task.FromResult(
            _server
                .Objects.Find(ResourceType.Pods, key.Namespace, key.Name)
                ?.Revision.ToString(CultureInfo.InvariantCulture)
        );

    public Task BreakAsync() => _server.StopAsync();

    public Task MendAsync() => _server.StartAgainAsync();

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static JsonObject WithNetworks(JsonObject pod, string networks)
    {
        pod["metadata"]!["annotations"]![TestObjects.NetworksAnnotation] = networks;
        return pod;
    }

    private static JsonObject WithSpec(JsonObject network, JsonNode spec)
    {
        network["spec"] = spec.DeepClone();
        return network;
    }
}

/// <summary>The built-in client as contract tests want it: it does not wait long between tries.</summary>
internal static class ApiClients
{
    public static ApiCluster Make(ApiAccess access, string node)
    {
        var settings = new ApiClusterSettings(node, "contract-test")
        {
            Patience = TimeSpan.FromSeconds(2),
            PageSize = 7, // so that lists have pages
            BackoffMin = TimeSpan.FromMilliseconds(10),
            BackoffMax = TimeSpan.FromMilliseconds(100),
        };
        return new ApiCluster(
            access,
            settings,
            runner: null,
            _ => null,
            TimeProvider.System,
            new Random(1),
            NullLogger<ApiCluster>.Instance
        );
    }
}
