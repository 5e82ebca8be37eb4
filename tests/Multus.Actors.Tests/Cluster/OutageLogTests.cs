using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Configuration;
using Multus.Actors.Events;
using Multus.Actors.Health;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Kubernetes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Cluster;

/// <summary>
/// What an operator reads of a cluster that does not answer: one line that it does not, one that it does again.
/// </summary>
public class OutageLogTests : TestKit
{
    private const int Pods = 50;
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(5);
    private static readonly KubernetesException Refused = new(
        "https://10.96.0.1:443: Connection refused",
        isTransient: true,
        new IOException("Connection refused")
    );

    private readonly FakeCluster _api = new();
    private readonly CountedTime _time = new();
    private readonly MemoryLog _log = new();
    private readonly ClusterTrouble _trouble;
    private readonly IActorRef _cluster;
    private readonly IActorRef _annotations;

    public OutageLogTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        _trouble = new ClusterTrouble(_api.Description, _time, _log);
        _cluster = Sys.ActorOf(
            ClusterActor.PropsFor(_api, new ClusterSettings(Patience, MirrorWait: TimeSpan.Zero), _time, _log, _trouble)
        );
        _annotations = Sys.ActorOf(
            AnnotationsActor.PropsFor(
                new AnnotationsSettings(Pods, Patience, TimeSpan.FromSeconds(2), new Backoff(RetryMin, RetryMin)),
                _api,
                kept: null,
                _time,
                _log,
                _trouble
            )
        );
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private string[] Lines =>
        [
            .. _log.Lines.Where(line =>
                !line.StartsWith("Debug", StringComparison.Ordinal)
                && !line.StartsWith("Trace", StringComparison.Ordinal)
            ),
        ];

    [Fact]
    public async Task An_outage_with_fifty_pods_that_wait_is_one_warning_and_one_line_when_it_is_over()
    {
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        var known = await SettledAsync(1);
        _api.ReadFailure = Refused;
        await _api.SayAsync(
            new ClusterChange.Disconnected("cannot watch pods: Connection refused") { IsOutage = true }
        );
        await _api.SayAsync(
            new ClusterChange.Disconnected("cannot watch network-attachment-definitions: Connection refused")
            {
                IsOutage = true,
            }
        );
        for (var pod = 0; pod < Pods; pod++)
            Assert.IsType<ClusterProtocol.PodReply.Failed>(await FindAsync(pod));
        await FailWritesOfAllAsync(tries: 7);
        _time.Advance(TimeSpan.FromSeconds(61));

        _api.ReadFailure = null;
        Scheduler.Advance(RetryMin);
        for (var pod = 0; pod < Pods; pod++)
            _api.NextWrite().Succeed();
        await _api.SayAsync(new ClusterChange.Replaced([], []));
        await AwaitAssertAsync(async () => Assert.Equal(Pods, (await FiguresAsync())["stored"]), Patience);
        await AwaitAssertAsync(() => Assert.Equal(known.Length + 2, Lines.Length), Patience);

        var said = Lines[known.Length..];
        Assert.StartsWith(
            "Warning the fake cluster does not answer; what fails for that reason is not logged until it does: cannot watch pods",
            said[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith("Information the fake cluster answers again after 61", said[1], StringComparison.Ordinal);
        Assert.DoesNotContain(said, line => line.Contains('\n', StringComparison.Ordinal));
    }

    /// <summary>
    /// The watch of a server that says nothing more notices late; who asks it something notices soon.
    /// </summary>
    [Fact]
    public async Task Whoever_notices_first_says_it_and_the_others_do_not_say_it_again()
    {
        await FailWritesOfAllAsync(tries: 1);
        _api.ReadFailure = Refused;
        await FindAsync(0);
        await _api.SayAsync(new ClusterChange.Disconnected("no answer to a ping") { IsOutage = true });

        await AwaitAssertAsync(async () => Assert.Equal(Pods, (await FiguresAsync())["failed"]), Patience);
        Assert.Contains("Connection refused", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_cluster_says_of_one_pod_is_said_of_that_pod_once_and_without_a_stack()
    {
        var refused = new KubernetesException("answered 500: webhook", isTransient: true) { Status = 500 };
        var writing = Publish(0);
        for (var tries = 1; tries <= 3; tries++)
        {
            _api.NextWrite().Fail(refused);
            var failed = tries;
            await AwaitAssertAsync(async () => Assert.Equal(failed, (await FiguresAsync())["failed"]), Patience);
            Scheduler.Advance(RetryMin);
        }

        var line = Assert.Single(Lines);
        Assert.Equal(
            "Warning network-status of pod ns/pod-0 could not be written, 1 times in a row; next try in 5 s: answered 500: webhook",
            line
        );
        Assert.Null(Assert.Single(_log.Stacks));
    }

    [Fact]
    public async Task A_fault_that_nobody_foresaw_has_its_stack()
    {
        _api.ReadFailure = new InvalidOperationException("our own mistake");

        await FindAsync(0);

        Assert.Contains("our own mistake", Assert.Single(Lines), StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(Assert.Single(_log.Stacks.OfType<Exception>()));
    }

    [Fact]
    public void Single_failures_among_answers_are_not_said_each_time()
    {
        for (var second = 0; second < 30; second++)
        {
            Assert.True(_trouble.Covers(Refused));
            _trouble.Answered();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3 * 2, Lines.Length);
    }

    [Fact]
    public void An_outage_that_follows_close_upon_another_is_said_when_it_lasts()
    {
        _trouble.Note("first");
        _trouble.Answered();
        _trouble.Note("second");
        Assert.Equal(2, Lines.Length);

        _time.Advance(TimeSpan.FromSeconds(10));
        _trouble.Note("second");

        Assert.Contains("second", Lines[^1], StringComparison.Ordinal);
        Assert.Equal(3, Lines.Length);
    }

    [Fact]
    public void A_refusal_is_an_answer_and_no_outage()
    {
        _trouble.Note("gone");

        Assert.False(_trouble.Covers(new KubernetesException("may not", isTransient: false) { Status = 403 }));

        Assert.False(_trouble.IsOn);
    }

    /// <summary>An event's failure is no warning of its own either.</summary>
    [Fact]
    public async Task An_event_that_is_not_posted_in_an_outage_is_not_said()
    {
        var events = Sys.ActorOf(
            EventsActor.PropsFor(
                new EventsSettings(true, 10, 1, Patience, new Backoff(RetryMin, RetryMin)),
                new FailingEvents(Refused),
                _time,
                _log,
                _trouble
            )
        );
        events.Tell(new PodEvent.Attached(new PodKey("ns", "pod"), "u1", "hello"));

        await AwaitAssertAsync(async () => Assert.Equal(1, (await FiguresAsync(events))["failed"]), Patience);

        Assert.Contains("does not answer", Assert.Single(Lines), StringComparison.Ordinal);
    }

    private async Task FailWritesOfAllAsync(int tries)
    {
        var answers = Enumerable.Range(0, Pods).Select(Publish).ToArray();
        for (var failures = 1; failures <= tries; failures++)
        {
            for (var pod = 0; pod < Pods; pod++)
                _api.NextWrite().Fail(Refused);
            var expected = (long)failures * Pods;
            await AwaitAssertAsync(async () => Assert.Equal(expected, (await FiguresAsync())["failed"]), Patience);
            if (failures < tries)
                Scheduler.Advance(RetryMin);
        }

        if (tries > 1)
            Assert.All(
                await Task.WhenAll(answers),
                reply => Assert.True(Assert.IsType<AnnotationsProtocol.Reply.Queued>(reply).IsOutage)
            );
    }

    private Task<AnnotationsProtocol.Reply> Publish(int pod) =>
        _annotations.Ask<AnnotationsProtocol.Reply>(
            new AnnotationsProtocol.Publish(
                SandboxId.Parse($"c{pod}"),
                new PodKey("ns", $"pod-{pod}"),
                "u1",
                "k8s.v1.cni.cncf.io/network-status",
                "[]"
            ),
            Patience
        );

    private Task<ClusterProtocol.PodReply> FindAsync(int pod) =>
        _cluster.Ask<ClusterProtocol.PodReply>(
            new ClusterProtocol.FindPod(new PodKey("ns", $"pod-{pod}"), "u1"),
            Patience
        );

    private async Task<string[]> SettledAsync(int count)
    {
        await AwaitAssertAsync(() => Assert.Equal(count, Lines.Length), Patience);
        return Lines;
    }

    private Task<ImmutableDictionary<string, long>> FiguresAsync() => FiguresAsync(_annotations);

    private static async Task<ImmutableDictionary<string, long>> FiguresAsync(IActorRef actor) =>
        (await actor.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values.ToImmutableDictionary();

    private sealed class FailingEvents(Exception failure) : IClusterEvents
    {
        public Task PostAsync(ClusterEvent happened, CancellationToken cancel) => Task.FromException(failure);
    }
}
