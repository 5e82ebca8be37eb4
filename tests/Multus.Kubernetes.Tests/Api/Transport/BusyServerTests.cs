using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Transport;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Transport;

/// <summary>429 and Retry-After, whatever is asked.</summary>
public sealed class BusyServerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    /// <summary>Time moves faster than the machine while a test moves it.</summary>
    private static readonly ApiClusterSettings Patient = ApiFixture.Settings with
    {
        RequestTimeout = TimeSpan.FromHours(1),
        Patience = TimeSpan.FromHours(1),
        WatchLifetime = TimeSpan.FromHours(1),
    };

    [Theory]
    [InlineData("get", 3, 6)]
    [InlineData("patch", 3, 6)]
    [InlineData("update", 3, 6)]
    [InlineData("create", 3, 6)]
    [InlineData("get", 0, 2)] // "at once" would be asked again and again
    public async Task Finding_7_a_busy_server_is_asked_again_when_it_says(string verb, int retryAfter, int seconds)
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        var uid = fixture.AddPod().Uid;
        using var noPatch = verb == "update" ? fixture.Server.Access.Deny(new DenyRule("patch")) : null;
        using var busy = fixture.Server.Faults.Next(
            2,
            request => request.Verb == verb,
            new FaultAction.TooManyRequests(retryAfter)
        );
        var began = time.GetUtcNow();

        await FinishAsync(AskAsync(fixture.ClusterWithToken(Patient), verb, uid), time);

        Assert.Equal(2, busy.Met);
        Assert.Equal(1, fixture.Server.Journal.Count(request => request.Verb == verb && request.Code is 200 or 201));
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3600, 60)]
    public async Task A_gateway_may_say_by_a_date_when_it_wants_to_be_asked_again_but_not_by_a_far_one(
        int asked,
        int counts
    )
    {
        var now = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Content = new StringContent("") };
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(now.AddSeconds(asked));

        var e = await ApiErrors.ReadAsync(new ApiRequest("get", "pods", "/"), answer, "https://a", now, default);

        Assert.Equal(TimeSpan.FromSeconds(counts), e.RetryAfter);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3600, 60)]
    public async Task A_wait_that_is_asked_for_in_the_answer_itself_has_the_same_bound(int asked, int counts)
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
        {
            Content = new StringContent($$$"""{"kind":"Status","details":{"retryAfterSeconds":{{{asked}}}}}"""),
        };

        var e = await ApiErrors.ReadAsync(
            new ApiRequest("get", "pods", "/"),
            answer,
            "https://a",
            DateTimeOffset.UnixEpoch,
            default
        );

        Assert.Equal(TimeSpan.FromSeconds(counts), e.RetryAfter);
    }

    /// <summary>A gateway's "now", or its date by a clock that is behind ours.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Who_is_out_of_service_until_a_date_that_is_over_is_asked_again(int seconds)
    {
        var now = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
        {
            Content = new StringContent(""),
        };
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(now.AddSeconds(seconds));

        var e = await ApiErrors.ReadAsync(new ApiRequest("get", "pods", "/"), answer, "https://a", now, default);

        Assert.Equal(TimeSpan.Zero, e.RetryAfter); // not null: that a 503 passes is known by there being one
    }

    [Fact]
    public async Task A_server_that_is_busy_for_longer_than_we_wait_is_passing_trouble()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var busy = fixture.Server.Faults.Always(_ => true, new FaultAction.TooManyRequests(60));

        var e = await Assert.ThrowsAsync<KubernetesException>(() =>
            fixture.ClusterWithToken().GetPodAsync(ApiFixture.Web, default)
        );

        Assert.Equal((true, 429, TimeSpan.FromSeconds(60)), (e.IsTransient, e.Status, e.RetryAfter));
        Assert.Equal(1, busy.Met);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("watch")]
    public async Task A_busy_server_is_left_alone_by_list_and_watch_for_as_long_as_it_says(string verb)
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        bool IsIt(RequestRecord request) => request.Verb == verb && request.Resource == ResourceType.Pods;
        using var busy = fixture.Server.Faults.Next(1, IsIt, new FaultAction.TooManyRequests(7));
        await using var watched = new WatchedChanges(fixture.ClusterWithToken(Patient));
        Assert.Contains(
            "too many requests (429)",
            (await watched.UntilAsync<ClusterChange.Disconnected>()).Reason,
            StringComparison.Ordinal
        );

        var waited = await WaitedAsync(fixture, time, IsIt, count: 2);

        Assert.True(waited >= TimeSpan.FromSeconds(7), $"it waited for {waited}");
        await watched.NextAsync<ClusterChange.Replaced>();
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(int.MaxValue, 60)] // more than it is taken at its word for
    public async Task A_watch_that_is_ended_with_a_wish_not_to_come_back_at_once_does_not(int wished, int kept)
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        await using var watched = new WatchedChanges(fixture.ClusterWithToken(Patient));
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        fixture.Server.Watches.FailAll(
            new ApiStatus(429, "TooManyRequests", "storage is (re)initializing") { RetryAfterSeconds = wished },
            ResourceType.Pods
        );
        await watched.NextAsync<ClusterChange.Disconnected>();
        var waited = await WaitedAsync(
            fixture,
            time,
            request => request.Verb == "watch" && request.Resource == ResourceType.Pods,
            count: 2
        );

        Assert.True(waited >= TimeSpan.FromSeconds(kept), $"it waited for {waited}");
        await watched.NextAsync<ClusterChange.Replaced>();
    }

    /// <summary>Moves time on until so many such requests have come, and says by how much.</summary>
    private static async Task<TimeSpan> WaitedAsync(
        ApiFixture fixture,
        FakeTimeProvider time,
        Func<RequestRecord, bool> isIt,
        int count
    )
    {
        var began = time.GetUtcNow();
        await Eventually.Holds(
            () =>
            {
                if (fixture.Server.Journal.Count(isIt) >= count)
                    return true;
                time.Advance(Step);
                return false;
            },
            "it asks again"
        );
        return time.GetUtcNow() - began;
    }

    private static Task AskAsync(ApiCluster cluster, string verb, string uid) =>
        verb switch
        {
            "get" => cluster.GetPodAsync(ApiFixture.Web, default),
            "create" => cluster.PostAsync(
                new ClusterEvent(
                    ApiFixture.Web,
                    uid,
                    false,
                    "r",
                    "m",
                    DateTimeOffset.UnixEpoch,
                    DateTimeOffset.UnixEpoch,
                    1
                ),
                default
            ),
            _ => cluster.WriteNetworkStatusAsync(
                ApiFixture.Web,
                uid,
                "k8s.v1.cni.cncf.io/network-status",
                "[]",
                default
            ),
        };

    /// <summary>Moves time on in small steps until the work is done.</summary>
    private static async Task FinishAsync(Task work, FakeTimeProvider time)
    {
        await Eventually.Holds(
            () =>
            {
                time.Advance(work.IsCompleted ? TimeSpan.Zero : Step);
                return work.IsCompleted;
            },
            "the request is answered"
        );
        await work;
    }
}
