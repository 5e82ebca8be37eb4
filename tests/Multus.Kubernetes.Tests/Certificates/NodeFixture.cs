using Microsoft.Extensions.Time.Testing;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates;
using Multus.Kubernetes.Tests.Api;
using Multus.Kubernetes.Tests.Folder;
using Multus.TestCluster;
using Multus.TestCluster.ClientFiles;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Certificates;

/// <summary>
/// A node with a bootstrap kubeconfig, and the API server that signs for it. Both have the same clock, which the test
/// moves; the first moment is now, for the handshake looks at the server's certificate by the clock of the machine.
/// </summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    public const string Kubelet = "system:node:node-1";
    public const string Multus = "system:multus:node-1";

    private readonly TempFolder _folder = new();
    private readonly TimeProvider _time;
    private readonly List<IDisposable> _clusters = [];

    private NodeFixture(TestApiServer server, TimeProvider time)
    {
        Server = server;
        _time = time;
        Files = server.FilesIn(_folder["client"]);
        BootstrapToken = server.Access.IssueToken(Kubelet);
        Settings = TestCertificates.Settings(_folder["certs"], Files.KubeconfigWithToken(BootstrapToken));
        Store = new CertificateStore(Settings.CertDir, new CertificateFiles(), time);
        Rotation = NewRotation();
        Store.Recover(Rotation.IsGood);
    }

    public TestApiServer Server { get; }

    /// <summary>Where the test has not brought another clock.</summary>
    public FakeTimeProvider Time => (FakeTimeProvider)_time;

    public ClientFolder Files { get; }

    public string BootstrapToken { get; }

    public NodeCertificateSettings Settings { get; }

    public CertificateStore Store { get; }

    public CertificateRotation Rotation { get; }

    public MemoryLog<NodeCertificates> Log { get; } = new();

    public TimeProvider Clock => _time;

    public IReadOnlyList<StoredObject> Requests => Server.Objects.All(ResourceType.SigningRequests);

    public IEnumerable<RequestRecord> Creations =>
        Server.Journal.All.Where(record =>
            record is { Verb: "create", Resource: var type } && type == ResourceType.SigningRequests
        );

    public static async Task<NodeFixture> StartAsync(TimeProvider? clock = null)
    {
        var time = clock ?? new CountedTime(TimeProvider.System.GetUtcNow());
        return new NodeFixture(await TestApiServer.StartAsync(time: time), time);
    }

    public CertificateRotation NewRotation(TimeProvider? clock = null) =>
        new(
            Settings,
            Kubeconfig.Read(Settings.BootstrapKubeconfig),
            Store,
            runner: null,
            _ => null,
            clock ?? _time,
            new Random(1),
            Log
        );

    public ApiCluster Cluster(TimeSpan watchLifetime)
    {
        var cluster = new ApiCluster(
            NodeCertificates.AccessOf(Settings),
            new ApiClusterSettings("node-1", "1.2.3") { WatchLifetime = watchLifetime, OnRefused = Rotation.Doubt },
            null,
            _ => null,
            _time,
            new Random(1),
            new MemoryLog<ApiCluster>()
        );
        _clusters.Add(cluster);
        return cluster;
    }

    /// <summary>
    /// One in which the waits between looks at a request elapse at once, and a request that is under way has all the
    /// time it needs.
    /// </summary>
    public static Task<NodeFixture> StartHastyAsync() =>
        StartAsync(new HastyTime(TimeSpan.FromSeconds(30), TimeProvider.System.GetUtcNow()));

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
            cluster.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
