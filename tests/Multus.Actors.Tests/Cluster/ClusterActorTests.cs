using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Cluster;
using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes;
using Multus.TestSupport;
using static Multus.Actors.Cluster.ClusterProtocol;

namespace Multus.Actors.Tests.Cluster;

public class ClusterActorTests : TestKit
{
    private static readonly PodKey Key = new("ns", "pod");
    private static readonly NetworkKey Network = new("ns", "net");

    private static readonly ClusterSettings Settings = new(Patience, MirrorWait: TimeSpan.Zero);

    private readonly FakeCluster _api = new();

    [Fact]
    public async Task Edge_108_a_pod_that_is_known_is_answered_from_memory()
    {
        var cluster = Cluster();
        await _api.SayAsync(new ClusterChange.Replaced([Pod("u1")], []));

        Assert.IsType<PodReply.Found>(await Find(cluster, "u1"));
        Assert.Empty(_api.LiveReads);
    }

    [Fact]
    public async Task The_age_of_the_watch_counts_from_the_last_change_and_not_from_the_loss_of_the_source()
    {
        var time = new CountedTime();
        var cluster = Sys.ActorOf(ClusterActor.PropsFor(_api, Settings, time, NullLogger.Instance));
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        await AgeIs(0);
        time.Advance(TimeSpan.FromSeconds(7));
        await _api.SayAsync(new ClusterChange.Disconnected("gone"));
        await AgeIs(7);
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        await AgeIs(0);

        async Task AgeIs(long seconds) =>
            await AwaitAssertAsync(
                async () =>
                    Assert.Contains(
                        new("watch_age_seconds", seconds),
                        (await cluster.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values
                    ),
                Patience
            );
    }

    [Fact]
    public async Task A_pod_that_is_not_known_is_asked_for_once_more_at_the_source()
    {
        _api.Pods[Key] = Pod("u1");

        Assert.IsType<PodReply.Found>(await Find(Cluster(), "u1"));
        Assert.Equal([Key], _api.LiveReads);
    }

    [Fact]
    public async Task A_fault_in_what_somebody_wrote_begins_the_message()
    {
        _api.ReadFailure = new KubernetesException("manifest a.yaml, line 7, cannot be used: no", isTransient: true)
        {
            IsFault = true,
        };

        Assert.StartsWith(
            "manifest a.yaml, line 7, ",
            Assert.IsType<PodReply.Failed>(await Find(Cluster(), "u1")).Error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false, CniErrorCode.TryAgainLater)]
    [InlineData(true, CniErrorCode.InvalidEnvironment)]
    public async Task What_can_never_be_is_not_to_be_tried_again(bool isFinal, uint code)
    {
        _api.ReadFailure = new KubernetesException("manifest a.yaml, line 7: no", isTransient: !isFinal)
        {
            IsFinal = isFinal,
        };

        var error = Assert.IsType<PodReply.Failed>(await Find(Cluster(), "u1")).Error;

        Assert.Equal(code, error.Code);
        Assert.Contains("a.yaml, line 7: no", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_source_itself_can_say_that_there_is_no_such_pod() =>
        Assert.IsType<PodReply.Unknown>(await Find(Cluster(), "u1"));

    [Fact]
    public async Task A_pod_with_another_uid_in_memory_is_asked_for_at_the_source()
    {
        var cluster = Cluster();
        await _api.SayAsync(new ClusterChange.Replaced([Pod("old")], []));
        _api.Pods[Key] = Pod("new");

        Assert.Equal("new", Assert.IsType<PodReply.Found>(await Find(cluster, "new")).Pod.Uid);
    }

    [Fact]
    public async Task A_pod_that_the_source_has_with_another_uid_is_another_pod()
    {
        _api.Pods[Key] = Pod("new");

        Assert.Equal("new", Assert.IsType<PodReply.Replaced>(await Find(Cluster(), "old")).FoundUid);
    }

    [Fact]
    public async Task A_pod_that_was_asked_for_before_all_was_known_is_asked_for_again()
    {
        var cluster = Cluster();
        _api.Pods[Key] = Pod("u1");

        await Find(cluster, "u1");
        await Find(cluster, "u1");

        Assert.Equal([Key, Key], _api.LiveReads);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_in_time_counts_as_one_that_could_not_be_asked()
    {
        _api.IsSilent = true;

        var failed = Assert.IsType<PodReply.Failed>(
            await Find(Cluster(Settings with { ReadTimeout = TimeSpan.FromMilliseconds(20) }), "u1")
        );

        Assert.Equal(CniErrorCode.TryAgainLater, failed.Error.Code);
        Assert.Contains("no answer within 0.02 s", failed.Error.Message);
    }

    [Fact]
    public async Task A_pod_that_may_be_static_waits_for_its_mirror()
    {
        var cluster = Cluster(Settings with { MirrorWait = Patience });
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        var finding = Find(cluster, "hash");
        await AwaitAssertAsync(() => Assert.Single(_api.LiveReads), Patience);

        await _api.SayAsync(new ClusterChange.PodChanged(Mirror()));

        Assert.Equal("mirror", Assert.IsType<PodReply.Found>(await finding).Pod.Uid);
        Assert.Single(_api.LiveReads);
    }

    [Fact]
    public async Task The_mirror_of_the_manifest_before_is_not_taken_for_a_static_pod_s_and_the_new_one_is_waited_for()
    {
        var cluster = Cluster(Settings with { MirrorWait = Patience });
        _api.Pods[Key] = Mirror("before");
        await _api.SayAsync(new ClusterChange.Replaced([Mirror("before")], []));
        var finding = Find(cluster, "hash");
        await AwaitAssertAsync(() => Assert.Single(_api.LiveReads), Patience);
        await cluster.Ask<ActorIdentity>(new Identify(null), Patience);
        Assert.False(finding.IsCompleted);

        await _api.SayAsync(new ClusterChange.PodChanged(Mirror()));

        Assert.Equal("hash", Assert.IsType<PodReply.Found>(await finding).Pod.RuntimeUid);
    }

    [Theory]
    [InlineData("hash", "before")]
    [InlineData("8c1b3a52-4f0e-4a6e-9d4f-2f3f6f0d9c11", "an-earlier-pod")]
    public async Task What_the_watch_brings_while_the_source_is_asked_counts_before_an_older_answer(
        string asked,
        string read
    )
    {
        var cluster = Cluster(Settings with { MirrorWait = Patience });
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        _api.Pods[Key] = Pod(read);
        var mayAnswer = new TaskCompletionSource();
        _api.MayAnswer = mayAnswer.Task;
        var finding = Find(cluster, asked);
        await AwaitAssertAsync(() => Assert.Single(_api.LiveReads), Patience);

        await _api.SayAsync(new ClusterChange.PodChanged(Pod(asked)));
        await cluster.Ask<ActorIdentity>(new Identify(null), Patience);
        mayAnswer.SetResult();

        Assert.Equal(asked, Assert.IsType<PodReply.Found>(await finding).Pod.Uid);
    }

    [Fact]
    public async Task A_mirror_that_stays_that_of_the_manifest_before_is_another_pod()
    {
        _api.Pods[Key] = Mirror("before");

        Assert.Equal(
            "before",
            Assert
                .IsType<PodReply.Replaced>(
                    await Find(Cluster(Settings with { MirrorWait = TimeSpan.FromMilliseconds(20) }), "hash")
                )
                .FoundUid
        );
        Assert.Equal([Key, Key], _api.LiveReads);
    }

    [Fact]
    public async Task A_mirror_that_does_not_come_in_time_is_asked_for_once_more()
    {
        var cluster = Cluster(Settings with { MirrorWait = TimeSpan.FromMilliseconds(20) });

        Assert.IsType<PodReply.Unknown>(await Find(cluster, "hash"));
        Assert.Equal([Key, Key], _api.LiveReads);
    }

    [Fact]
    public async Task A_pod_with_an_API_server_s_uid_does_not_wait_for_a_mirror()
    {
        var cluster = Cluster(Settings with { MirrorWait = Patience * 10 });

        Assert.IsType<PodReply.Unknown>(await Find(cluster, "8c1b3a52-4f0e-4a6e-9d4f-2f3f6f0d9c11"));
        Assert.Equal([Key], _api.LiveReads);
    }

    [Fact]
    public async Task A_source_that_cannot_be_asked_is_never_taken_for_no_such_pod()
    {
        _api.ReadFailure = new KubernetesException("connection refused", isTransient: true);

        var failed = Assert.IsType<PodReply.Failed>(await Find(Cluster(), "u1"));
        Assert.Equal(CniErrorCode.TryAgainLater, failed.Error.Code);
        Assert.Contains("pod ns/pod", failed.Error.Message);
    }

    [Fact]
    public async Task Edge_108_networks_come_from_memory_and_the_missing_ones_from_the_source()
    {
        var cluster = Cluster();
        var other = new NetworkKey("ns", "other");
        await _api.SayAsync(new ClusterChange.Replaced([], [Definition(Network)]));
        _api.Networks[other] = Definition(other);

        var found = Assert.IsType<NetworksReply.Found>(
            await cluster.Ask<NetworksReply>(new FindNetworks([Network, other, new NetworkKey("ns", "none")]), Patience)
        );

        Assert.Equal(2, found.Networks.Count);
        Assert.Equal([other, new NetworkKey("ns", "none")], _api.LiveReads);
    }

    [Fact]
    public async Task Networks_that_may_come_from_memory_only_are_not_asked_for_at_the_source()
    {
        var cluster = Cluster();
        var question = new FindNetworks([Network, new NetworkKey("ns", "none")]) { FromMemory = true };
        Assert.IsType<NetworksReply.Failed>(await cluster.Ask<NetworksReply>(question, Patience)); // nothing has been read yet
        await _api.SayAsync(new ClusterChange.Replaced([], [Definition(Network)]));

        Assert.Single(
            Assert.IsType<NetworksReply.Found>(await cluster.Ask<NetworksReply>(question, Patience)).Networks
        );
        Assert.Empty(_api.LiveReads);
    }

    [Fact]
    public async Task A_source_at_hand_is_asked_even_for_what_is_known()
    {
        _api.IsAvailable = true;
        var cluster = Cluster();
        await _api.SayAsync(new ClusterChange.Replaced([Pod("u1")], [Definition(Network)]));
        _api.Pods[Key] = Pod("u1") with
        {
            Annotations = ImmutableDictionary<string, string>.Empty.Add("edited", "now"),
        };

        Assert.Equal("now", Assert.IsType<PodReply.Found>(await Find(cluster, "u1")).Pod.Annotations["edited"]);
        Assert.Empty(
            Assert
                .IsType<NetworksReply.Found>(await cluster.Ask<NetworksReply>(new FindNetworks([Network]), Patience))
                .Networks
        );
    }

    [Fact]
    public async Task What_is_known_stays_in_force_when_a_source_at_hand_cannot_be_read()
    {
        _api.IsAvailable = true;
        _api.ReadFailure = new KubernetesException("permission denied", isTransient: true);
        var cluster = Cluster();
        await _api.SayAsync(new ClusterChange.Replaced([Pod("u1")], [Definition(Network)]));

        Assert.IsType<PodReply.Found>(await Find(cluster, "u1"));
        Assert.Single(
            Assert
                .IsType<NetworksReply.Found>(await cluster.Ask<NetworksReply>(new FindNetworks([Network]), Patience))
                .Networks
        );
    }

    [Fact]
    public async Task It_is_ready_when_a_complete_picture_has_come_and_not_before()
    {
        var cluster = Cluster();
        var ready = cluster.Ask<NodeProtocol.PartReady>(new NodeProtocol.TellWhenReady(), Patience);
        await cluster.Ask<ActorIdentity>(new Identify(null), Patience);

        Assert.False(ready.IsCompleted);
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        Assert.Equal("cluster", (await ready).Part);
    }

    [Fact]
    public async Task When_its_watch_ends_it_crashes_rather_than_go_stale()
    {
        var probe = CreateTestProbe();
        var parent = Sys.ActorOf(Props.Create(() => new StoppingParent()));
        var cluster = await parent.Ask<IActorRef>(
            ClusterActor.PropsFor(_api, Settings, TimeProvider.System, NullLogger.Instance),
            Patience
        );
        probe.Watch(cluster);

        _api.EndWatch(new IOException("the folder is gone"));

        await probe.ExpectTerminatedAsync(cluster, Patience);
    }

    [Fact]
    public async Task After_a_crash_of_its_own_it_follows_the_source_anew_and_crashes_no_more()
    {
        var parent = Sys.ActorOf(Props.Create(() => new CountingParent()));
        var cluster = await parent.Ask<IActorRef>(
            ClusterActor.PropsFor(_api, Settings, TimeProvider.System, NullLogger.Instance),
            Patience
        );
        await _api.SayAsync(new ClusterChange.Replaced([Pod("u1"), Pod("u2")], [])); // the same pod twice: a bug of the source

        await AwaitAssertAsync(() => Assert.Equal(2, _api.Watches), Patience);
        await AwaitAssertAsync(() => Assert.Equal(1, _api.WatchesEnded), Patience);
        await _api.SayAsync(new ClusterChange.Replaced([Pod("u1")], []));

        Assert.IsType<PodReply.Found>(await Find(cluster, "u1"));
        Assert.Equal(1, await parent.Ask<int>("crashes", Patience));
    }

    [Fact]
    public async Task Who_asks_many_times_whether_it_is_ready_is_told_once()
    {
        var cluster = Cluster();
        var probe = CreateTestProbe();
        cluster.Tell(new NodeProtocol.TellWhenReady(), probe.Ref);
        cluster.Tell(new NodeProtocol.TellWhenReady(), probe.Ref);

        await _api.SayAsync(new ClusterChange.Replaced([], []));

        await probe.ExpectMsgAsync<NodeProtocol.PartReady>(Patience);
        cluster.Tell(new Identify(null), probe.Ref);
        await probe.ExpectMsgAsync<ActorIdentity>(Patience);
    }

    private IActorRef Cluster(ClusterSettings? settings = null) =>
        Sys.ActorOf(ClusterActor.PropsFor(_api, settings ?? Settings, TimeProvider.System, NullLogger.Instance));

    private static Task<PodReply> Find(IActorRef cluster, string uid) =>
        cluster.Ask<PodReply>(new FindPod(Key, uid), Patience);

    private static Pod Pod(string uid) => new(Key, uid, ImmutableDictionary<string, string>.Empty);

    private static Pod Mirror(string mirrored = "hash") =>
        new(Key, "mirror", ImmutableDictionary<string, string>.Empty.Add(Core.Pods.Pod.MirrorAnnotation, mirrored));

    private static NetworkAttachmentDefinition Definition(NetworkKey key) =>
        new(key, "{}", ImmutableDictionary<string, string>.Empty);

    private sealed class StoppingParent : ReceiveActor
    {
        public StoppingParent() => Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
    }
}
