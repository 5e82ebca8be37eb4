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
/// What becomes of a status while the cluster cannot be reached, and of the daemon meanwhile. Timers and the clock are
/// the test's.
/// </summary>
public class AnnotationsOutageTests : TestKit
{
    private const string Key = "k8s.v1.cni.cncf.io/network-status";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(5);
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly TempFolder _cniDir = new();
    private readonly FakeCluster _cluster = new();
    private readonly CountedTime _time = new();

    public AnnotationsOutageTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """) => Record(Sandbox);

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private string[] Kept => Directory.Exists(_cniDir["status"]) ? Directory.GetFiles(_cniDir["status"]) : [];

    protected override void AfterAll()
    {
        base.AfterAll();
        _cniDir.Dispose();
    }

    [Fact]
    public async Task A_status_that_is_stored_at_once_never_becomes_a_file()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        var write = _cluster.NextWrite();
        await Barrier(annotations);
        Assert.Empty(Kept);
        write.Succeed();

        Assert.IsType<Reply.Stored>(await answer);
        Assert.False(Directory.Exists(_cniDir["status"]));
    }

    [Fact]
    public async Task The_answer_comes_after_the_waiting_time_and_the_status_is_on_disk_by_then()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        _cluster.NextWrite().Fail(new KubernetesException("no route to host", isTransient: true));
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(annotations))["failed"]), Patience);
        Scheduler.Advance(Wait);

        Assert.Contains("no route to host", Assert.IsType<Reply.Queued>(await answer).Reason);
        Assert.Contains("[1]", File.ReadAllText(Assert.Single(Kept)));
    }

    [Fact]
    public async Task A_write_that_hangs_keeps_nobody_waiting_for_longer()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        var hanging = _cluster.NextWrite();
        await Barrier(annotations);
        Scheduler.Advance(Wait);
        Assert.IsType<Reply.Queued>(await answer);

        hanging.Succeed();
        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
    }

    [Fact]
    public async Task When_the_cluster_is_back_the_status_is_stored_and_its_file_is_gone()
    {
        var annotations = await Queued("[1]");
        Scheduler.Advance(RetryMin);

        var write = _cluster.NextWrite();
        Assert.Equal("[1]", write.Json);
        write.Succeed();
        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
        Assert.Equal(0, (await Figures(annotations))["queued"]);
    }

    [Fact]
    public async Task The_next_daemon_writes_what_the_last_one_could_not()
    {
        await Stop(await Queued("[1]"));

        var next = Annotations();
        var write = _cluster.NextWrite();
        Assert.Equal((Pod, "u1", Key, "[1]"), (write.Pod, write.Uid, write.Annotation, write.Json));
        write.Succeed();
        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
        Assert.Equal(1, (await Figures(next))["stored"]);
    }

    [Fact]
    public async Task A_newer_status_takes_the_place_of_the_one_on_disk_before_it_is_written()
    {
        var annotations = await Queued("[1]");
        _ = Publish(annotations, "[2]");
        _cluster.NextWrite();
        await Barrier(annotations);

        Assert.Contains("[2]", File.ReadAllText(Assert.Single(Kept)));
        await Stop(annotations);
        Annotations();
        Assert.Equal("[2]", _cluster.NextWrite().Json);
    }

    [Fact]
    public async Task A_daemon_that_stops_in_the_middle_of_a_write_answers_and_leaves_it_to_the_next()
    {
        var annotations = Annotations();
        var answer = Publish(annotations, "[1]");
        _cluster.NextWrite();
        await Stop(annotations);

        Assert.IsType<Reply.Queued>(await answer);
        Annotations();
        Assert.Equal("[1]", _cluster.NextWrite().Json);
    }

    [Theory]
    [InlineData("the pod does not exist any more")]
    [InlineData("expected pod UID \"u1\" but got \"u2\"")]
    public async Task The_status_of_a_pod_that_is_gone_is_forgotten(string refusal)
    {
        await Stop(await Queued("[1]"));
        var next = Annotations();
        _cluster.NextWrite().Fail(new KubernetesException(refusal, isTransient: false));

        await AwaitAssertAsync(() => Assert.Empty(Kept), Patience);
        Assert.Equal(0, (await Figures(next))["queued"]);
    }

    [Fact]
    public async Task The_status_of_a_sandbox_that_somebody_else_has_deleted_meanwhile_is_not_written()
    {
        await Stop(await Queued("[1]"));
        File.Delete(_cniDir["c1"]);

        var figures = await Figures(Annotations());

        Assert.Equal((0, 0), (figures["queued"], figures["in_flight"]));
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1")]
    [InlineData("{\"version\":2}")]
    [InlineData(
        "{\"version\":1,\"sandbox\":\"../x\",\"namespace\":\"ns\",\"name\":\"pod\",\"uid\":\"\",\"annotation\":\"a\",\"status\":\"[]\",\"since\":\"2030-01-01T00:00:00Z\"}"
    )]
    public async Task A_damaged_file_is_removed_and_the_others_are_written(string content)
    {
        await Stop(await Queued("[1]"));
        _cniDir.File("status/0123.json", content);

        Annotations();

        Assert.Equal("[1]", _cluster.NextWrite().Json);
        Assert.Single(Kept);
    }

    [Fact]
    public async Task The_DEL_of_a_sandbox_takes_its_kept_status_with_it()
    {
        _cluster.IsFolder = true;
        var annotations = await Queued("[1]");
        var clear = annotations.Ask<Reply>(new Clear(Sandbox, Pod, "u1", Key), Patience);
        var write = _cluster.NextWrite();
        Assert.Null(write.Json);
        write.Succeed();

        Assert.IsType<Reply.Stored>(await clear);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_costs_durability_and_nothing_else()
    {
        _cniDir.File("status", "in the way");
        await Queued("[1]");

        Scheduler.Advance(RetryMin);
        Assert.Equal("[1]", _cluster.NextWrite().Json);
    }

    [Fact]
    public async Task A_server_that_says_when_to_come_back_is_not_asked_before()
    {
        var annotations = Annotations();
        _ = Publish(annotations, "[1]");
        _cluster.NextWrite().Fail(new KubernetesException("busy", isTransient: true) { RetryAfter = RetryMin * 4 });
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(annotations))["failed"]), Patience);

        Scheduler.Advance(RetryMin * 3);
        await Barrier(annotations);
        Assert.False(_cluster.HasMoreWrites);
        Scheduler.Advance(RetryMin);
        Assert.Equal("[1]", _cluster.NextWrite().Json);
    }

    [Fact]
    public async Task Health_says_how_many_statuses_wait_and_since_when()
    {
        await Stop(await Queued("[1]"));
        _time.Advance(TimeSpan.FromSeconds(90));

        var figures = await Figures(Annotations());

        Assert.Equal((1, 90, 1), (figures["queued"], figures["oldest_seconds"], figures["kept_on_disk"]));
    }

    private async Task<IActorRef> Queued(string json)
    {
        var annotations = Annotations();
        var answer = Publish(annotations, json);
        _cluster.NextWrite().Fail(new KubernetesException("down", isTransient: true));
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(annotations))["failed"]), Patience);
        Scheduler.Advance(Wait);
        Assert.IsType<Reply.Queued>(await answer);
        return annotations;
    }

    private static Task<Reply> Publish(IActorRef annotations, string json) =>
        annotations.Ask<Reply>(new Publish(Sandbox, Pod, "u1", Key, json), Patience);

    private static Task<ActorIdentity> Barrier(IActorRef actor) =>
        actor.Ask<ActorIdentity>(new Identify(null), Patience);

    private static async Task<Dictionary<string, long>> Figures(IActorRef annotations) =>
        (await annotations.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values.ToDictionary();

    private async Task Stop(IActorRef actor)
    {
        var probe = CreateTestProbe();
        probe.Watch(actor);
        Sys.Stop(actor);
        await probe.ExpectTerminatedAsync(actor, Patience);
    }

    private void Record(SandboxId sandbox) => _cniDir.File(sandbox.Value, "{}");

    private IActorRef Annotations() =>
        Sys.ActorOf(
            AnnotationsActor.PropsFor(
                new AnnotationsSettings(4, Patience, Wait, new Backoff(RetryMin, RetryMin)),
                _cluster,
                new StatusSpool(_cniDir.Path, NullLogger.Instance),
                _time,
                NullLogger.Instance
            )
        );
}
