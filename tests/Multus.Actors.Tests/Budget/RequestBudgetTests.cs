using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Configuration;
using Multus.Actors.Events;
using Multus.Actors.Node;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Budget;

/// <summary>
/// What the node costs the API server, counted there (user pain 28, 29, 41). All of the node's parts that speak to it
/// are the real ones.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public class RequestBudgetTests : SandboxFixture, IAsyncLifetime
{
    private const string NodeName = "node-1";
    private const string Namespace = "ns";
    private static readonly Backoff Quick = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20));

    private TestApiServer? _server;
    private ApiCluster? _api;

    private TestApiServer Server => _server!; // xunit calls InitializeAsync before the test

    private IReadOnlyList<RequestRecord> Requests => [.. Server.Journal.All.Where(request => request.Verb != "watch")];

    public async Task InitializeAsync()
    {
        _server = await TestApiServer.StartAsync();
        foreach (var network in new[] { "second", "third" })
            Server.Objects.Create(
                ResourceType.Networks,
                TestObjects.Network(Namespace, network, $$"""{"cniVersion":"1.0.0","type":"{{network}}"}""")
            );
    }

    public async Task DisposeAsync()
    {
        _api?.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task A_hundred_pods_are_one_write_each_and_the_events_of_the_first_25_and_nothing_is_read()
    {
        const int pods = 100;
        const int events = 25;
        for (var i = 0; i < pods; i++)
            CreatePod($"pod-{i}");
        var sandboxes = await NodeAsync(TimeProvider.System);
        Server.Journal.Clear();

        var replies = await Task.WhenAll(
            Enumerable.Range(0, pods).Select(i => AttachAsync(sandboxes, $"c{i}", $"pod-{i}"))
        );

        Assert.All(replies, reply => Assert.IsType<CniReply.Attached>(reply));
        await Server.Journal.WhenSeenAsync(IsEvent, events).WaitAsync(Patience);
        Assert.Equal(pods + Requests.Count(IsEvent), Requests.Count);
        Assert.Equal(pods, Requests.Count(IsStatus));
        // One a second may be added while it lasts.
        Assert.InRange(Requests.Count(IsEvent), events, events + (pods / 4));
        Assert.Equal(pods, Requests.Where(IsStatus).Select(request => request.Name).Distinct().Count());
    }

    [Fact]
    public async Task Fifty_tries_of_a_pod_that_cannot_be_attached_are_at_most_three_events_and_no_other_write()
    {
        CreatePod("pod", networks: "missing");
        var sandboxes = await NodeAsync(TimeProvider.System);
        Server.Journal.Clear();

        for (var i = 0; i < 50; i++)
            Assert.IsType<CniReply.Refused>(await AttachAsync(sandboxes, $"c{i}", "pod"));

        CreatePod("good");
        await AttachAsync(sandboxes, "good", "good");
        await Server
            .Journal.WhenSeenAsync(request =>
                IsEvent(request) && request.Body.Contains("AddedInterface", StringComparison.Ordinal)
            )
            .WaitAsync(Patience);
        var warnings = Requests
            .Where(request => IsEvent(request) && request.Body.Contains("NoNetworkFound", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(2, warnings.Length);
        Assert.Contains("\"count\":10", warnings[^1].Body, StringComparison.Ordinal);
        Assert.Equal(["good"], Requests.Where(IsStatus).Select(request => request.Name));
    }

    [Fact]
    public async Task An_idle_node_asks_for_nothing_but_its_watches()
    {
        CreatePod("pod");
        var time = new FakeTimeProvider();
        var sandboxes = await NodeAsync(time);
        await AttachAsync(sandboxes, "c1", "pod");
        await Server.Journal.WhenSeenAsync(IsEvent).WaitAsync(Patience);
        Server.Journal.Clear();

        for (var seconds = 0; seconds < 600; seconds += 5)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await sandboxes.Ask<ActorIdentity>(new Identify(null), Patience);
        }

        // Whatever ten minutes have caused has been sent by the time that a request begun after them is answered.
        await AttachAsync(sandboxes, "c1", "pod");
        var idle = Requests.TakeWhile(request => !IsStatus(request)).ToArray();
        Assert.True(idle.Length < 10, string.Join('\n', idle.Select(request => request.ToString())));
    }

    private static bool IsStatus(RequestRecord request) =>
        request is { Verb: "patch", Subresource: "status" } && request.Resource == ResourceType.Pods;

    private static bool IsEvent(RequestRecord request) =>
        request.Verb == "create" && request.Resource == ResourceType.CoreEvents;

    private void CreatePod(string name, string networks = "second,third") =>
        Server.Objects.Create(ResourceType.Pods, TestObjects.Pod(Namespace, name, networks, NodeName, $"uid-{name}"));

    private Task<CniReply> AttachAsync(IActorRef sandboxes, string sandbox, string pod)
    {
        var request = Request(sandbox) with { Pod = new PodIdentity(Namespace, pod, "", $"uid-{pod}") };
        return sandboxes.Ask<CniReply>(new CniRequest.Attach(request, CancellationToken.None), Patience);
    }

    private async Task<IActorRef> NodeAsync(TimeProvider time)
    {
        var access = Kubeconfig.Read(Server.FilesIn(Temp["client"]).KubeconfigWithToken(Server.Access.IssueToken()));
        _api = new ApiCluster(
            access,
            new ApiClusterSettings(NodeName, "1.2.3"),
            null,
            _ => null,
            time,
            new Random(1),
            NullLogger<ApiCluster>.Instance
        );
        var cluster = Sys.ActorOf(ClusterActor.PropsFor(_api, ClusterSettings.Default, time, NullLogger.Instance));
        await cluster.Ask<NodeProtocol.PartReady>(new NodeProtocol.TellWhenReady(), Patience);
        var annotations = Sys.ActorOf(
            AnnotationsActor.PropsFor(
                new AnnotationsSettings(16, Patience, Patience, Quick),
                _api,
                new StatusSpool(CniDir, NullLogger.Instance),
                time,
                NullLogger.Instance
            )
        );
        var events = Sys.ActorOf(
            EventsActor.PropsFor(new EventsSettings(true, 500, 4, Patience, Quick), _api, time, NullLogger.Instance)
        );
        var settings = new SandboxSettings(32, Patience, Patience) { PermitTime = PermitTime };
        var ports = FakeParts.Ports(
            cluster,
            Sys.ActorOf(FakePart.PropsFor(question => Netlink(question))),
            annotations,
            Plugins,
            PendingDeletes,
            time,
            _api.Description,
            events
        );
        // The cluster is an API server: nobody takes a status back.
        var statuses = new StatusPort(annotations, followsHotPlug: false, clears: false);
        var engine = new SandboxEngine(ports with { Statuses = statuses }, settings.Limits);
        return Sys.ActorOf(SandboxesActor.PropsFor(settings, engine));
    }
}
