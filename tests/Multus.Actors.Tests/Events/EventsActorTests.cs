using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Actors.Configuration;
using Multus.Actors.Events;
using Multus.Actors.Health;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Kubernetes;
using Multus.TestSupport;
using static Multus.Actors.Events.EventsProtocol;

namespace Multus.Actors.Tests.Events;

public class EventsActorTests : TestKit
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly PodKey Pod = new("ns", "pod");

    private readonly FakeEvents _events = new();
    private readonly CountedTime _time = new();

    public EventsActorTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """) { }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void An_attached_sandbox_is_one_normal_event()
    {
        Events().Tell(new PodEvent.Attached(Pod, "u1", "Add net1 [10.0.0.2/24] from ns/a"));

        var now = _time.GetUtcNow();
        Assert.Equal(
            new ClusterEvent(Pod, "u1", false, "AddedInterface", "Add net1 [10.0.0.2/24] from ns/a", now, now, 1),
            _events.Next().Happened
        );
    }

    [Fact]
    public async Task Of_a_burst_the_first_are_posted_then_one_a_second_which_counts_the_others_and_failures_are_said()
    {
        var events = Events(maxInFlight: 64);
        for (var i = 0; i < 40; i++)
            events.Tell(new PodEvent.Attached(new PodKey("ns", $"pod-{i}"), $"u{i}", "Add eth0 [10.0.0.2/24]"));
        events.Tell(Failure("no such network"));
        var posted = Enumerable.Range(0, 26).Select(_ => _events.Next().Happened).ToList();

        Assert.Equal(25, posted.Count(happened => happened.Reason == "AddedInterface"));
        Assert.Single(posted, happened => happened.IsWarning);
        Assert.Equal(15, (await Figures(events))["suppressed"]);

        _time.Advance(TimeSpan.FromSeconds(1));
        events.Tell(new PodEvent.Attached(Pod, "u1", "Add eth0 [10.0.0.3/24]"));

        Assert.Equal(
            "Add eth0 [10.0.0.3/24]; 15 more pods of this node were attached since the last event of this kind",
            _events.Next().Happened.Message
        );
    }

    [Fact]
    public async Task Who_wants_every_event_gets_it()
    {
        var events = Sys.ActorOf(PropsOf(64, 100, thins: false));
        for (var i = 0; i < 40; i++)
            events.Tell(new PodEvent.Attached(new PodKey("ns", $"pod-{i}"), $"u{i}", "Add eth0 [10.0.0.2/24]"));

        for (var i = 0; i < 40; i++)
            _events.Next();
        Assert.Equal(0, (await Figures(events))["suppressed"]);
    }

    [Fact]
    public void What_is_wrong_with_the_node_is_an_event_of_the_node()
    {
        Events().Tell(new OfNode("RuntimeConfigurationRestored", "it was missing"));

        var happened = _events.Next().Happened;
        Assert.True(happened.IsOfNode);
        Assert.Equal((true, "RuntimeConfigurationRestored", 1), Said(happened));
    }

    [Fact]
    public async Task Fifty_retries_are_at_most_three_events()
    {
        var events = Events(maxInFlight: 50);
        var first = _time.GetUtcNow();
        for (var i = 0; i < 50; i++)
        {
            events.Tell(Failure("no such network"));
            await Barrier(events);
            _time.Advance(TimeSpan.FromMilliseconds(500)); // all within the time limit of the first
        }

        Assert.Equal((true, "NoNetworkFound", 1), Said(_events.Next().Happened));
        var tenth = _events.Next().Happened;
        Assert.Equal((true, "NoNetworkFound", 10), Said(tenth));
        Assert.Equal((first, first + TimeSpan.FromSeconds(4.5)), (tenth.First, tenth.Last));
        Assert.False(_events.HasMore);
        Assert.Equal(48, (await Figures(events))["suppressed"]);
    }

    [Fact]
    public async Task No_more_are_posted_at_once_than_may_be_and_the_next_follows_the_first_that_ends()
    {
        var events = Events(maxInFlight: 2);
        foreach (var message in new[] { "1", "2", "3" })
            events.Tell(new PodEvent.Attached(Pod, "u1", message));
        var first = _events.Next();
        _events.Next();
        await Barrier(events);
        Assert.False(_events.HasMore);

        first.Succeed();
        Assert.Equal("3", _events.Next().Happened.Message);
    }

    [Fact]
    public async Task Those_that_find_no_room_are_dropped_and_counted()
    {
        var events = Events(maxInFlight: 1, maxQueued: 2);
        for (var i = 0; i < 10; i++)
            events.Tell(new PodEvent.Attached(Pod, "u1", $"{i}"));

        var figures = await Figures(events);
        Assert.Equal((2, 1, 7), (figures["queued"], figures["in_flight"], figures["dropped"]));
    }

    [Fact]
    public async Task After_a_failure_nothing_is_posted_for_a_while_and_what_failed_is_not_posted_again()
    {
        var events = Events(maxInFlight: 1);
        events.Tell(new PodEvent.Attached(Pod, "u1", "1"));
        events.Tell(new PodEvent.Attached(Pod, "u1", "2"));
        _events.Next().Fail(new KubernetesException("may not create events", isTransient: false) { Status = 403 });
        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(events))["failed"]), Patience);
        Assert.False(_events.HasMore);

        Scheduler.Advance(Pause);
        Assert.Equal("2", _events.Next().Happened.Message);
    }

    [Fact]
    public async Task Pauses_grow_while_it_goes_on_failing_and_are_short_again_after_a_success()
    {
        var events = Events(maxInFlight: 1);
        for (var i = 1; i <= 4; i++)
            events.Tell(new PodEvent.Attached(Pod, "u1", $"{i}"));
        await FailNext(events, failures: 1);
        Scheduler.Advance(Pause);
        await FailNext(events, failures: 2);
        Scheduler.Advance(Pause);
        await Barrier(events);
        Assert.False(_events.HasMore);
        Scheduler.Advance(Pause);
        _events.Next().Succeed();
        await FailNext(events, failures: 3);
        events.Tell(new PodEvent.Attached(Pod, "u1", "5"));

        Scheduler.Advance(Pause);
        Assert.Equal("5", _events.Next().Happened.Message);
    }

    [Fact]
    public async Task One_that_hangs_when_the_daemon_stops_is_given_up_at_once()
    {
        var events = Events();
        events.Tell(new PodEvent.Attached(Pod, "u1", "1"));
        var hanging = _events.Next();

        var probe = CreateTestProbe();
        probe.Watch(events);
        Sys.Stop(events);
        await probe.ExpectTerminatedAsync(events, Patience);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.Task);
    }

    [Fact]
    public async Task After_a_crash_of_its_own_no_more_are_posted_at_once_than_may_be()
    {
        var parent = Sys.ActorOf(Props.Create(() => new RestartingParent()));
        var events = await parent.Ask<IActorRef>(PropsOf(maxInFlight: 2, maxQueued: 100), Patience);
        foreach (var message in new[] { "1", "2" })
            events.Tell(new PodEvent.Attached(Pod, "u1", message));
        var hanging = new[] { _events.Next(), _events.Next() };

        events.Tell(Kill.Instance);
        foreach (var post in hanging)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post.Task);
        for (var i = 0; i < 4; i++)
            events.Tell(new PodEvent.Attached(Pod, "u1", $"{i}"));
        _events.Next();
        _events.Next();

        await AwaitAssertAsync(async () => Assert.Equal((2, 2, 0), await CountsAsync(events)), Patience);
        Assert.False(_events.HasMore);
    }

    [Fact]
    public async Task One_that_hangs_makes_room_after_its_time_limit()
    {
        var events = Events(maxInFlight: 1);
        events.Tell(new PodEvent.Attached(Pod, "u1", "1"));
        _events.Next();
        _time.Advance(Patience);

        await AwaitAssertAsync(async () => Assert.Equal(1, (await Figures(events))["failed"]), Patience);
    }

    private async Task FailNext(IActorRef events, int failures)
    {
        _events.Next().Fail(new KubernetesException("busy", isTransient: true));
        await AwaitAssertAsync(async () => Assert.Equal(failures, (await Figures(events))["failed"]), Patience);
    }

    private static PodEvent.Failed Failure(string message) => new(Pod, "u1", "NoNetworkFound", message, message);

    private static (bool IsWarning, string Reason, int Count) Said(ClusterEvent happened) =>
        (happened.IsWarning, happened.Reason, happened.Count);

    private static Task<ActorIdentity> Barrier(IActorRef actor) =>
        actor.Ask<ActorIdentity>(new Identify(null), Patience);

    private static async Task<Dictionary<string, long>> Figures(IActorRef events) =>
        (await events.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience)).Values.ToDictionary();

    private static async Task<(long, long, long)> CountsAsync(IActorRef events)
    {
        var figures = await Figures(events);
        return (figures["in_flight"], figures["queued"], figures["failed"]);
    }

    private IActorRef Events(int maxInFlight = 4, int maxQueued = 100) => Sys.ActorOf(PropsOf(maxInFlight, maxQueued));

    private Props PropsOf(int maxInFlight, int maxQueued, bool thins = true) =>
        EventsActor.PropsFor(
            new EventsSettings(true, maxQueued, maxInFlight, Patience, new Backoff(Pause, Pause * 8))
            {
                ThinsAdded = thins,
            },
            _events,
            _time,
            NullLogger.Instance
        );

    private sealed class RestartingParent : ReceiveActor
    {
        public RestartingParent() => Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);
    }
}
