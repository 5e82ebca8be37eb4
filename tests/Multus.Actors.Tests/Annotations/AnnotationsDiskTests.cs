using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Actors.Annotations;
using Multus.Actors.Configuration;
using Multus.Actors.Health;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.TestSupport;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Tests.Annotations;

/// <summary>
/// A disk that does not answer keeps nobody waiting who does not need it, and all that must be on disk before something
/// else is so. Timers and the clock are the test's.
/// </summary>
public class AnnotationsDiskTests : TestKit
{
    private const string Key = "k8s.v1.cni.cncf.io/network-status";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(5);
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly PodKey Other = new("ns", "other");
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");
    private static readonly SandboxId Newer = SandboxId.Parse("c2");
    private static readonly KubernetesException Down = new("down", isTransient: true);

    private readonly TempFolder _cniDir = new();
    private readonly FakeCluster _cluster = new();
    private readonly CountedTime _time = new();
    private readonly TaskCompletionSource _disk = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SlowSpool _spool;

    public AnnotationsDiskTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        _spool = new SlowSpool(new StatusSpool(_cniDir.Path, NullLogger.Instance));
        foreach (var sandbox in new[] { Sandbox, Newer })
            _cniDir.File(sandbox.Value, "{}");
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private string[] Kept =>
        Directory.Exists(_cniDir[StatusSpool.FolderName]) ? Directory.GetFiles(_cniDir[StatusSpool.FolderName]) : [];

    protected override void AfterAll()
    {
        _disk.TrySetResult(); // no thread stays behind
        base.AfterAll();
        _cniDir.Dispose();
    }

    [Fact]
    public async Task While_the_disk_hangs_figures_are_told_and_other_pods_have_their_statuses_stored()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        await FailAsync(annotations);
        _spool.Disk = _disk.Task;
        Scheduler.Advance(Wait);
        await AwaitAssertAsync(() => Assert.Equal(["keep pod [1]"], _spool.Begun), Patience);

        var other = annotations.Ask<Reply>(new Publish(Newer, Other, "u2", Key, "[2]"), Patience);
        var write = _cluster.NextWrite();
        Assert.Equal(Other, write.Pod);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await other);
        Assert.Equal((1, 0), ((await Figures(annotations))["queued"], (await Figures(annotations))["kept_on_disk"]));
        Assert.False(answer.IsCompleted); // first on disk

        _disk.SetResult();
        Assert.IsType<Reply.Queued>(await answer);
        Assert.Contains("[1]", File.ReadAllText(Assert.Single(Kept)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_status_of_a_pod_that_has_a_file_is_sent_only_when_it_is_on_disk()
    {
        var annotations = await Queued("[1]");
        _spool.Disk = _disk.Task;

        var answer = Publish(annotations, "[2]");
        Scheduler.Advance(RetryMin); // the older one's next try is due, too
        await Barrier(annotations);
        Assert.False(_cluster.HasMoreWrites);
        Assert.Contains("[1]", File.ReadAllText(Assert.Single(Kept)), StringComparison.Ordinal);

        _disk.SetResult();
        var write = _cluster.NextWrite();
        Assert.Equal("[2]", write.Json);
        Assert.Contains("[2]", File.ReadAllText(Assert.Single(Kept)), StringComparison.Ordinal);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await answer);
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task A_status_that_follows_one_whose_file_is_still_being_removed_is_sent_only_when_no_older_is_on_disk()
    {
        var annotations = await Queued("[1]");
        Scheduler.Advance(RetryMin);
        _spool.Disk = _disk.Task;
        _cluster.NextWrite().Succeed();
        await AwaitAssertAsync(() => Assert.Equal("forget pod", _spool.Begun.Last()), Patience);

        var answer = Publish(annotations, "[2]");
        await Barrier(annotations);
        Assert.False(_cluster.HasMoreWrites);

        _disk.SetResult();
        var write = _cluster.NextWrite();
        Assert.Equal("[2]", write.Json);
        Assert.DoesNotContain(Kept, path => File.ReadAllText(path).Contains("[1]", StringComparison.Ordinal));
        write.Succeed();
        Assert.IsType<Reply.Stored>(await answer);
        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
    }

    [Fact]
    public async Task Of_a_status_on_its_way_to_the_disk_and_its_taking_back_the_cluster_sees_only_the_latter()
    {
        _cluster.IsFolder = true;
        var annotations = await Queued("[1]");
        _spool.Disk = _disk.Task;
        var publish = Publish(annotations, "[2]");
        var clear = annotations.Ask<Reply>(new Clear(Sandbox, Pod, "u1", Key), Patience);
        await Barrier(annotations);
        _disk.SetResult();

        var write = _cluster.NextWrite();
        Assert.Null(write.Json);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await publish);
        Assert.IsType<Reply.Stored>(await clear);
        Assert.Equal(["keep pod [1]", "keep pod [2]", "keep pod ", "forget pod"], _spool.Begun);
        Assert.Empty(Kept);
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task A_withdrawal_drops_what_is_on_its_way_to_the_disk_and_not_what_comes_after_it()
    {
        var annotations = await Queued("[1]");
        _spool.Disk = _disk.Task;
        var dropped = Publish(annotations, "[2]");
        annotations.Tell(new Withdraw(Sandbox, Pod));
        Assert.IsType<Reply.Refused>(await dropped);

        var newer = annotations.Ask<Reply>(new Publish(Newer, Pod, "u1", Key, "[3]"), Patience);
        await Barrier(annotations);
        Assert.False(_cluster.HasMoreWrites);
        _disk.SetResult();

        var write = _cluster.NextWrite();
        Assert.Equal("[3]", write.Json);
        Assert.Contains("[3]", File.ReadAllText(Assert.Single(Kept)), StringComparison.Ordinal);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await newer);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Who_waits_for_the_disk_is_told_that_the_status_is_dropped_when_it_is()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        await FailAsync(annotations);
        _spool.Disk = _disk.Task;
        Scheduler.Advance(Wait);
        await AwaitAssertAsync(() => Assert.Equal(["keep pod [1]"], _spool.Begun), Patience);

        annotations.Tell(new Withdraw(Sandbox, Pod));

        Assert.IsType<Reply.Refused>(await answer);
        _disk.SetResult();
        await AwaitAssertAsync(() => Assert.Equal("forget pod", _spool.Begun.Last()), Patience);
        await Stop(annotations);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task Who_stops_it_waits_for_the_disk_and_the_next_finds_all_that_was_promised()
    {
        var annotations = await Queued("[1]");
        _spool.Disk = _disk.Task;
        var replaced = Publish(annotations, "[2]");
        var other = annotations.Ask<Reply>(new Publish(Newer, Other, "u2", Key, "[3]"), Patience);
        _cluster.NextWrite(); // of the other pod, and stays without an answer
        Watch(annotations);
        Sys.Stop(annotations);
        await AwaitAssertAsync(() => Assert.Equal("keep pod [2]", _spool.Begun.Last()), Patience);
        Assert.False(replaced.IsCompleted || other.IsCompleted);

        _disk.SetResult();
        await ExpectTerminatedAsync(annotations, Patience);

        Assert.Equal(2, Kept.Length);
        Assert.IsType<Reply.Queued>(await replaced);
        Assert.IsType<Reply.Queued>(await other);
        Annotations();
        string?[] written = [_cluster.NextWrite().Json, _cluster.NextWrite().Json];
        Assert.Equal(["[2]", "[3]"], written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_crash_while_the_disk_is_busy_loses_nothing_and_answers_everybody_once()
    {
        var parent = Sys.ActorOf(Props.Create(() => new CountingParent()));
        var annotations = await QueuedIn(await parent.Ask<IActorRef>(PropsOf(), Patience), "[1]");
        _spool.Disk = _disk.Task;
        var replaced = Publish(annotations, "[2]");
        var other = annotations.Ask<Reply>(new Publish(Newer, Other, "u2", Key, "[3]"), Patience);
        _cluster.NextWrite(); // of the other pod, and stays without an answer
        annotations.Tell(Kill.Instance);
        _disk.SetResult();

        Assert.IsType<Reply.Queued>(await replaced);
        Assert.IsType<Reply.Queued>(await other);
        FakeCluster.StatusWrite[] writes = [_cluster.NextWrite(), _cluster.NextWrite()];
        Assert.Equal(["[2]", "[3]"], writes.Select(write => write.Json).Order(StringComparer.Ordinal));
        foreach (var write in writes)
            write.Succeed();

        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
        Assert.Equal((2, 0), ((await Figures(annotations))["stored"], (await Figures(annotations))["queued"]));
    }

    [Fact]
    public async Task A_spool_that_fails_in_a_way_that_nobody_foresaw_promises_nothing_and_is_no_secret()
    {
        var parent = Sys.ActorOf(Props.Create(() => new CountingParent()));
        var annotations = await parent.Ask<IActorRef>(PropsOf(), Patience);
        _spool.KeepFailure = new InvalidOperationException("our own mistake");
        var answer = Publish(annotations, "[1]");
        await FailAsync(annotations);
        Scheduler.Advance(Wait);

        Assert.Contains("our own mistake", Assert.IsType<Reply.Refused>(await answer).Reason, StringComparison.Ordinal);
        await AwaitAssertAsync(async () => Assert.Equal(1, await parent.Ask<int>("crashes", Patience)), Patience);
    }

    private Task<IActorRef> Queued(string json) => QueuedIn(Annotations(), json);

    private async Task<IActorRef> QueuedIn(IActorRef annotations, string json)
    {
        var answer = Publish(annotations, json);
        await FailAsync(annotations);
        Scheduler.Advance(Wait);
        Assert.IsType<Reply.Queued>(await answer);
        return annotations;
    }

    private async Task FailAsync(IActorRef annotations)
    {
        _cluster.NextWrite().Fail(Down);
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(annotations))["failed"]), Patience);
    }

    private static Task<Reply> Publish(IActorRef annotations, string json) =>
        annotations.Ask<Reply>(new Publish(Sandbox, Pod, "u1", Key, json), Patience);

    private static Task<ActorIdentity> Barrier(IActorRef actor) =>
        actor.Ask<ActorIdentity>(new Identify(null), Patience);

    private static async Task<Dictionary<string, long>> Figures(IActorRef annotations) =>
        (await annotations.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values.ToDictionary();

    private async Task Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor, Patience);
    }

    private IActorRef Annotations() => Sys.ActorOf(PropsOf());

    private Props PropsOf() =>
        AnnotationsActor.PropsFor(
            new AnnotationsSettings(4, Patience, Wait, new Backoff(RetryMin, RetryMin)),
            _cluster,
            _spool,
            _time,
            NullLogger.Instance
        );
}
