using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Configuration;
using Multus.Actors.Delegates;
using Multus.Actors.Events;
using Multus.Actors.Health;
using Multus.Actors.Netlink;
using Multus.Actors.Node;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.Requests;
using Multus.Kubernetes;
using Multus.Linux.Netlink;

namespace Multus.Actors.Tests.Node;

public class NodeActorTests : TestKit
{
    private static readonly Backoff Quick = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));

    private readonly FakeCluster _cluster = new();
    private readonly FakeFolder _pendingDeletes = new();
    private readonly TaskCompletionSource<string> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeActorTests()
        : base(
            """
            multus.netlink.dispatcher.type = PinnedDispatcher
            akka.coordinated-shutdown.default-phase-timeout = 60s
            """
        ) { }

    [Fact]
    public async Task The_node_is_ready_once_the_cluster_is_known()
    {
        var node = Start();
        Assert.Contains("cluster", (await Health(node)).WaitingFor);

        await _cluster.SayAsync(new ClusterChange.Replaced([], []));

        await AwaitAssertAsync(async () => Assert.True((await Health(node)).Ready), Patience);
    }

    [Fact]
    public async Task Every_part_reports_its_figures()
    {
        var health = await Health(Start());

        Assert.Equal(
            ["sandboxes", "delegates", "netlink", "cluster", "annotations", "pending-deletes"],
            health.Parts.Select(part => part.Part)
        );
    }

    [Fact]
    public async Task The_nodes_actors_are_seen_with_their_mailboxes_and_many_of_a_kind_as_one()
    {
        var health = await Health(Start());

        var names = health.Actors.Select(actor => actor.Actor).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Superset(
            new HashSet<string>(["admission", "cluster", "delegates", "gc", "netlink", "netlink-worker", "sandboxes"]),
            names.ToHashSet()
        );
        Assert.All(
            health.Actors,
            actor => Assert.True(actor is { Count: > 0, Mailbox: >= 0, Restarts: 0 }, $"{actor}")
        );
    }

    [Fact]
    public async Task A_part_that_crashes_is_counted_also_when_it_is_gone_for_good()
    {
        _cluster.EndWatch(new IOException("the folder is gone for good"));
        var (_, services) = StartWithServices();
        await _fatal.Task.WaitAsync(Patience);

        Assert.True(services.Restarts.Of(NodeActor.Cluster) >= 10, $"{services.Restarts.Of(NodeActor.Cluster)}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_have_a_part_where_the_cluster_takes_them_unless_they_are_switched_off(bool areEnabled)
    {
        var health = await Health(Start(areEnabled, new FakeEvents()));

        Assert.Equal(areEnabled, health.Parts.Any(part => part.Part == "events"));
    }

    [Fact]
    public async Task A_part_that_crashes_again_and_again_ends_the_process_with_a_reason()
    {
        _cluster.EndWatch(new IOException("the folder is gone for good"));

        Start();

        Assert.Contains("cluster", await _fatal.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task With_nothing_under_way_it_is_idle_at_once() =>
        await Start().Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), Patience);

    [Fact]
    public async Task A_delete_that_is_stored_while_it_stops_is_left_for_the_next_daemon()
    {
        var node = Start();
        await AwaitAssertAsync(() => Assert.True(_pendingDeletes.IsWatched), Patience);

        await node.Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), Patience);

        await AwaitAssertAsync(() => Assert.False(_pendingDeletes.IsWatched), Patience);
    }

    [Fact]
    public async Task At_its_stop_the_sandboxes_end_first_then_a_write_that_is_under_way_is_stored_and_then_the_watch_of_the_cluster_ends()
    {
        var (node, services) = StartWithServices();
        NodeRegistration.AddStop(CoordinatedShutdown.Get(Sys), node, services, Patience);
        await _cluster.SayAsync(new ClusterChange.Replaced([], []));
        var (sandboxes, annotations) = (await PartAsync(node, "sandboxes"), await PartAsync(node, "annotations"));
        annotations.Tell(Status(), TestActor);
        var write = _cluster.NextWrite();
        Watch(sandboxes);

        var stop = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await ExpectTerminatedAsync(sandboxes, Patience);
        Assert.Equal(0, _cluster.WatchesEnded);
        write.Succeed();

        await ExpectMsgAsync<AnnotationsProtocol.Reply.Stored>(Patience);
        await stop.WaitAsync(Patience);
        Assert.Equal(1, _cluster.WatchesEnded);
    }

    [Fact]
    public async Task A_request_that_comes_when_its_sandboxes_have_ended_is_refused()
    {
        var node = Start();
        await node.Ask<NodeProtocol.PartEnded>(new NodeProtocol.EndPart("sandboxes", TimeSpan.Zero), Patience);

        var reply = await node.Ask<CniReply>(
            new CniRequest.GetStatus("status", Configuration: null!, PluginPath: []),
            Patience
        );

        Assert.Equal(CniErrorCode.TryAgainLater, Assert.IsType<CniReply.Refused>(reply).Error.Code);
        Assert.False(_fatal.Task.IsCompleted);
    }

    [Fact]
    public async Task The_end_of_a_part_that_is_gone_or_never_was_is_told_at_once()
    {
        var node = Start();

        await node.Ask<NodeProtocol.PartEnded>(new NodeProtocol.EndPart("cluster", TimeSpan.Zero), Patience);
        await node.Ask<NodeProtocol.PartEnded>(new NodeProtocol.EndPart("cluster", TimeSpan.Zero), Patience);
        await node.Ask<NodeProtocol.PartEnded>(new NodeProtocol.EndPart("events", TimeSpan.Zero), Patience);
    }

    [Fact]
    public async Task A_part_that_does_not_finish_in_time_is_stopped_in_the_middle_of_it()
    {
        var node = Start();
        (await PartAsync(node, "annotations")).Tell(Status(), TestActor);
        _cluster.NextWrite();

        await node.Ask<NodeProtocol.PartEnded>(
            new NodeProtocol.EndPart("annotations", TimeSpan.FromMilliseconds(1)),
            Patience
        );

        await ExpectMsgAsync<AnnotationsProtocol.Reply.Queued>(Patience);
    }

    private IActorRef Start(bool hasEvents = true, IClusterEvents? events = null) =>
        StartWithServices(hasEvents, events).Node;

    private (IActorRef Node, NodeServices Services) StartWithServices(
        bool hasEvents = true,
        IClusterEvents? events = null
    )
    {
        var settings = new NodeSettings(
            new DelegateSettings(2, 2, Patience, 4096, 4096),
            new NetlinkSettings(1),
            new SandboxSettings(8, Patience, Patience),
            new AnnotationsSettings(2, Patience, Patience, Quick),
            new EventsSettings(hasEvents, 10, 1, Patience, Quick),
            new PendingDeleteSettings(Quick, Patience),
            Patience,
            Patience
        );
        var services = new NodeServices(
            settings,
            _cluster,
            new FakeProcesses(),
            new NoLinks(),
            new RouteTable(),
            _pendingDeletes,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            reason => _fatal.TrySetResult(reason)
        )
        {
            Events = events,
        };
        return (Sys.ActorOf(NodeActor.PropsFor(services)), services);
    }

    private static AnnotationsProtocol.Publish Status() =>
        new(SandboxId.Parse("sandbox"), new PodKey("ns", "pod"), "uid", "annotation", "[]");

    private async Task<IActorRef> PartAsync(IActorRef node, string name)
    {
        await node.Ask<ActorIdentity>(new Identify(null), Patience); // it has started its parts
        return await Sys.ActorSelection(node.Path / name).ResolveOne(Patience);
    }

    private static async Task<HealthProtocol.Reply.Health> Health(IActorRef node) =>
        Assert.IsType<HealthProtocol.Reply.Health>(
            await node.Ask<HealthProtocol.Reply>(new HealthProtocol.GetHealth(), Patience)
        );

    private sealed class NoLinks : ILinkInspector
    {
        public string? IdentityOf(string netNsPath) => null;

        public bool LinkExists(string netNsPath, string ifName) => false;

        public IReadOnlyList<LinkInfo> ListLinks(string netNsPath) => [];

        public ILinkWatch Watch(string netNsPath) => throw new NotSupportedException();
    }
}
