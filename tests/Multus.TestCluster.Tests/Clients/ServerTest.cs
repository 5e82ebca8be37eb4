using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Tests.Clients;

/// <summary>A server and a client that may do everything, for one test.</summary>
public abstract class ServerTest : IAsyncLifetime
{
    internal const string Pods = "/api/v1/namespaces/default/pods";
    internal const string AllPods = "/api/v1/pods";
    internal const string AllNetworks = "/apis/k8s.cni.cncf.io/v1/network-attachment-definitions";

    private readonly List<IDisposable> _clients = [];

    private protected virtual TestApiServerSettings Settings => new();

    private protected TestApiServer Server { get; private set; } = null!; // set before the test begins

    private protected ApiClient Client { get; private set; } = null!; // likewise

    public async Task InitializeAsync()
    {
        Server = await TestApiServer.StartAsync(Settings);
        Client = NewClient(Server.Access.IssueToken());
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Server.DisposeAsync();
    }

    private protected ApiClient NewClient(string? token, Version? version = null)
    {
        var client = new ApiClient(Server, token, version: version);
        _clients.Add(client);
        return client;
    }

    private protected StoredObject AddPod(string name, string? node = null, string ns = "default") =>
        Server.Objects.Create(ResourceType.Pods, TestObjects.Pod(ns, name, "net1", node));
}
