using Microsoft.Extensions.Time.Testing;
using Multus.Kubernetes.Api.Configuration;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Watching;

/// <summary>Watches that are refused, forgotten, silent or never ended.</summary>
public sealed class WatchTroubleTests
{
    [Fact]
    public async Task A_watch_that_falls_too_far_behind_while_it_runs_begins_anew_with_a_list_of_what_is_stored()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod("gone");
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        fixture.Server.Watches.Stall(); // what happens is not told before the error

        fixture.Server.Watches.FailAll(ApiStatus.TooOldResourceVersion(3, 9), ResourceType.Pods);
        fixture.Server.Objects.Delete(ResourceType.Pods, "shop", "gone");
        fixture.AddPod();
        fixture.Server.Watches.Resume();

        Assert.Equal(ApiFixture.Web, Assert.Single((await watched.UntilAsync<ClusterChange.Replaced>()).Pods).Key);
        var list = fixture.Server.Journal.All.Last(request =>
            request.Verb == "list" && request.Resource == ResourceType.Pods
        );
        Assert.DoesNotContain("resourceVersion=0", list.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(504)]
    public async Task A_version_from_before_the_server_was_restored_begins_anew_with_a_list(int code)
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var lost = fixture.Server.Faults.Next(
            1,
            IsPodWatch,
            new FaultAction.Refuse(
                ApiStatus.TooLargeResourceVersion(900, 3) with
                {
                    Code = code,
                    RetryAfterSeconds = null,
                }
            )
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());

        await fixture
            .Server.Journal.WhenSeenAsync(request => request.Verb == "list" && request.Resource == ResourceType.Pods, 2)
            .WaitAsync(Wait.Patience);

        await watched.NextAsync<ClusterChange.Replaced>(); // and not a word of trouble
        Assert.Equal(1, lost.Met);
    }

    /// <summary>
    /// A server whose connection answers every ping, and whose watch says nothing at all, not even that it has begun.
    /// </summary>
    [Fact]
    public async Task A_watch_that_is_not_answered_is_given_up_after_the_time_of_any_request()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var never = new TaskCompletionSource();
        using var held = fixture.Server.Faults.Next(1, IsPodWatch, new FaultAction.Hold(never.Task));
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(ApiFixture.Settings with { RequestTimeout = TimeSpan.FromSeconds(3) })
        );
        await watched.NextAsync<ClusterChange.Replaced>();

        Assert.Contains(
            "watch pods: ",
            (await watched.NextAsync<ClusterChange.Disconnected>()).Reason,
            StringComparison.Ordinal
        );
        await watched.UntilAsync<ClusterChange.Replaced>();

        fixture.AddPod();
        await watched.UntilAsync<ClusterChange.PodChanged>();
    }

    [Fact]
    public async Task A_watch_that_the_server_does_not_end_in_time_is_ended_and_goes_on_where_it_was()
    {
        var time = new CountedTime();
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = time;
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(ApiFixture.Settings with { RequestTimeout = TimeSpan.FromHours(10) })
        );
        await watched.NextAsync<ClusterChange.Replaced>();

        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1)); // ten at most were asked for, and by the server's clock no time goes by
                return fixture.Server.Journal.Count(IsPodWatch) >= 2;
            },
            "it watches again"
        );

        fixture.AddPod();
        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key); // and nobody was told of the break
        Assert.Equal(
            1,
            fixture.Server.Journal.Count(request => request.Verb == "list" && request.Resource == ResourceType.Pods)
        );
    }

    /// <summary>Streams that are open stay open when a token expires; the next watch needs the new one.</summary>
    [Fact]
    public async Task A_token_that_is_replaced_during_a_watch_costs_the_watch_nothing()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var old = fixture.Server.Access.IssueToken("old");
        var cluster = fixture.Cluster(
            Kubeconfig.Read(fixture.Files.KubeconfigWithTokenFile(old)),
            ApiFixture.Settings with
            {
                CredentialInterval = TimeSpan.FromHours(1),
            }
        );
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Networks).WaitAsync(Wait.Patience);

        fixture.Files.ReplaceTokenFile(fixture.Server.Access.IssueToken("new"));
        fixture.Server.Access.Revoke(old);
        fixture.AddPod("before");
        Assert.Equal("before", (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key.Name);
        fixture.Server.Watches.EndAll(ResourceType.Pods);
        fixture.AddPod("after");

        Assert.Equal("after", (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key.Name);
        Assert.Equal([200, 401, 200], fixture.Server.Journal.All.Where(IsPodWatch).Select(request => request.Code));
        Assert.Equal("new", fixture.Server.Journal.All.Last(IsPodWatch).User);
    }

    /// <summary>
    /// Tokens of ten minutes, and the node's files are replaced before they expire (user-pain 10): nothing is ever
    /// refused.
    /// </summary>
    [Fact]
    public async Task Tokens_and_authorities_come_and_go_under_load_and_no_request_is_refused()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        var folder = fixture.Files.ServiceAccount(fixture.Server.Access.IssueToken());
        var cluster = fixture.Cluster(
            InCluster.Read(name => fixture.Files.InClusterEnvironment.GetValueOrDefault(name), folder)
        );
        await using var watched = new WatchedChanges(cluster);
        await watched.NextAsync<ClusterChange.Replaced>();
        var before = "";

        for (var rotation = 0; rotation < 10; rotation++)
        {
            var token = fixture.Server.Access.IssueToken();
            if (rotation % 3 == 2)
                fixture.Server.Identity.ReplaceAuthority(); // for connections from now on
            fixture.Files.ServiceAccount(token);
            fixture.Server.Access.Revoke(before);
            fixture.Server.Watches.EndAll(ResourceType.Pods);
            var pods = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(_ => cluster.GetPodAsync(ApiFixture.Web, default))
            );
            Assert.All(pods, Assert.NotNull);
            fixture.AddPod($"web-{rotation}");
            Assert.Equal($"web-{rotation}", (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key.Name); // no Disconnected before it
            before = token;
        }

        Assert.DoesNotContain(fixture.Server.Journal.All, request => request.Code == 401);
    }

    [Fact]
    public async Task Text_that_is_no_Unicode_is_trouble_of_the_watch_and_not_the_end_of_it()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        fixture.Server.Watches.SendRaw(
            """{"type":"ADDED","object":{"metadata":{"name":"a","namespace":"b","annotations":{"k8s.v1.cni.cncf.io/networks":"\ud800"}}}}"""u8.ToArray(),
            ResourceType.Pods
        );
        fixture.AddPod();

        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key);
    }

    private static bool IsPodWatch(RequestRecord request) =>
        request.Verb == "watch" && request.Resource == ResourceType.Pods;
}
