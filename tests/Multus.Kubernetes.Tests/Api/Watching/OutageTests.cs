using Multus.Kubernetes.Api;
using Multus.TestCluster;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Watching;

/// <summary>
/// How soon the watches are back when a server is: by the waits that are begun, because a busy machine's clock proves
/// nothing.
/// </summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(1.5); // of two seconds, and the rest is for the requests

    /// <summary>As a daemon has it, but for the limits of requests: in hasty time these would pass at once.</summary>
    private static readonly ApiClusterSettings Settings = new(ApiFixture.Node, "1.2.3")
    {
        RequestTimeout = TimeSpan.FromHours(10),
        WatchLifetime = TimeSpan.FromHours(10),
        CredentialInterval = TimeSpan.FromHours(10),
    };

    [Theory]
    [InlineData(ExpiredWatchAnswer.ErrorEvent)]
    [InlineData(ExpiredWatchAnswer.HttpStatus)]
    public async Task A_server_that_was_away_for_a_minute_and_has_forgotten_the_version_is_listed_within_two_seconds(
        ExpiredWatchAnswer answer
    )
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync(new TestApiServerSettings { ExpiredWatch = answer });
        fixture.ClientTime = time;
        await using var watched = await WatchAsync(fixture);

        await fixture.Server.StopAsync();
        await Eventually.Holds(() => TotalOf(time.Waits) > Outage * 2, "two watches have waited for a minute each");
        fixture.AddPod();
        fixture.AddNetwork();
        fixture.Server.Objects.Compact();
        await fixture.Server.StartAgainAsync();
        var before = time.Waits;
        while (await watched.UntilAsync<ClusterChange.Replaced>() is { Pods: [] } or { Networks: [] })
        {
            // a watch is up from its headers on, and the ERROR event comes after them
        }

        Assert.All(before, wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(50), SoonEnough));
        Assert.InRange(time.Waits.Count - before.Count, 0, 2); // of a try of each watch that was under way when the server came
        Assert.Equal(2, fixture.Server.Journal.Count(request => IsOfPods(request, "list"))); // the second for the version that is lost
    }

    /// <summary>
    /// A gateway in front of servers that are away, then a server that comes up: it answers before it is ready.
    /// </summary>
    [Theory]
    [InlineData(503)]
    [InlineData(502)]
    [InlineData(500)]
    public async Task A_server_that_answers_with_its_own_trouble_is_asked_again_as_soon_as_one_that_is_away(int code)
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        await using var watched = await WatchAsync(fixture);

        using var trouble = fixture.Server.Faults.Next(
            100,
            request => IsOfPods(request, "watch"),
            new FaultAction.Answer(code, "not now")
        );
        fixture.Server.Watches.EndAll(ResourceType.Pods);
        Assert.Equal(code != 500, (await watched.UntilAsync<ClusterChange.Disconnected>()).IsOutage);
        await watched.UntilAsync<ClusterChange.Replaced>();

        Assert.Equal(100, trouble.Met);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(50), SoonEnough));
    }

    [Fact]
    public async Task A_server_that_comes_up_may_refuse_for_half_a_minute_and_is_asked_soon_all_the_same()
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        await using var watched = await WatchAsync(fixture);

        using var away = fixture.Server.Faults.Next(
            80,
            request => IsOfPods(request, "watch"),
            new FaultAction.Answer(503, "starting")
        );
        using var notYet = fixture.Server.Faults.Next(
            10,
            request => IsOfPods(request, "watch"),
            new FaultAction.Refuse(Forbidden)
        );
        fixture.Server.Watches.EndAll(ResourceType.Pods);
        await watched.UntilAsync<ClusterChange.Disconnected>();
        await watched.UntilAsync<ClusterChange.Replaced>();

        Assert.Equal((80, 10), (away.Met, notYet.Met));
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(50), SoonEnough));
    }

    [Fact]
    public async Task A_server_that_refuses_and_was_never_away_is_asked_less_and_less_often()
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        using var refused = fixture.Server.Faults.Next(
            20,
            request => IsOfPods(request, "list"),
            new FaultAction.Refuse(Forbidden)
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken(Settings));

        Assert.False((await watched.NextAsync<ClusterChange.Disconnected>()).IsOutage);
        await watched.UntilAsync<ClusterChange.Replaced>();

        Assert.Contains(time.Waits, wait => wait > TimeSpan.FromSeconds(10));
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Who_is_asked_to_come_back_later_does_and_not_all_at_the_same_moment()
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        using var busy = fixture.Server.Faults.Next(
            10,
            request => IsOfPods(request, "list"),
            new FaultAction.TooManyRequests(40)
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken(Settings));

        await watched.UntilAsync<ClusterChange.Replaced>();

        Assert.Equal(10, time.Waits.Count);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60)));
        Assert.Equal(10, time.Waits.Distinct().Count());
    }

    /// <summary>A server that loses every version would else be listed without a pause.</summary>
    [Fact]
    public async Task A_version_that_is_lost_again_and_again_is_waited_for()
    {
        var time = new HastyTime(limit: TimeSpan.FromHours(1));
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        using var lost = fixture.Server.Faults.Next(
            10,
            request => IsOfPods(request, "watch"),
            new FaultAction.Refuse(ApiStatus.TooOldResourceVersion(1, 2))
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken(Settings));

        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        Assert.Equal((10, 9), (lost.Met, time.Waits.Count));
    }

    private static ApiStatus Forbidden =>
        new(403, "Forbidden", "pods is forbidden: User \"multus\" cannot watch resource \"pods\"");

    private static async Task<WatchedChanges> WatchAsync(ApiFixture fixture)
    {
        var watched = new WatchedChanges(fixture.ClusterWithToken(Settings));
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Networks).WaitAsync(Wait.Patience);
        return watched;
    }

    private static bool IsOfPods(RequestRecord request, string verb) =>
        request.Verb == verb && request.Resource == ResourceType.Pods;

    private static TimeSpan TotalOf(IEnumerable<TimeSpan> waits) =>
        waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);
}
