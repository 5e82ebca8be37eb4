using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Api.Watching;

/// <summary>Watches of a server that breaks off, goes away or says what it should not.</summary>
public sealed class WatchFaultTests
{
    [Fact]
    public async Task Finding_8_a_watch_that_the_server_ends_goes_on_from_where_it_was_without_a_list()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        fixture.AddPod("first");
        await watched.NextAsync<ClusterChange.PodChanged>();

        fixture.Server.Watches.EndAll();
        fixture.AddPod("second");

        Assert.Equal("second", (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key.Name);
        Assert.Equal(
            1,
            fixture.Server.Journal.Count(request => request.Verb == "list" && request.Resource == ResourceType.Pods)
        );
    }

    [Fact]
    public async Task Finding_8_a_watch_that_ends_without_an_event_goes_on_and_nobody_is_told()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        fixture.Server.Watches.EndAll(ResourceType.Pods);
        await fixture
            .Server.Journal.WhenSeenAsync(
                request => request.Verb == "watch" && request.Resource == ResourceType.Pods,
                2
            )
            .WaitAsync(Wait.Patience);
        fixture.AddPod();

        await watched.NextAsync<ClusterChange.PodChanged>();
    }

    [Fact]
    public async Task A_watch_that_breaks_off_once_goes_on_and_nobody_is_told()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Networks).WaitAsync(Wait.Patience);

        fixture.Server.Watches.ResetAll();
        fixture.AddPod();

        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key);
    }

    [Theory]
    [InlineData(ExpiredWatchAnswer.ErrorEvent)]
    [InlineData(ExpiredWatchAnswer.HttpStatus)]
    public async Task Finding_8_a_version_that_the_server_has_forgotten_begins_anew_with_a_list(
        ExpiredWatchAnswer answer
    )
    {
        await using var fixture = await ApiFixture.StartAsync(new TestApiServerSettings { ExpiredWatch = answer });
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Networks).WaitAsync(Wait.Patience);
        var mayReturn = new TaskCompletionSource();
        using var held = fixture.Server.Faults.Always(
            request => request.Verb == "watch",
            new FaultAction.Hold(mayReturn.Task)
        );

        fixture.Server.Watches.EndAll(ResourceType.Pods);
        fixture.AddPod();
        fixture.Server.Objects.Compact();
        mayReturn.SetResult();

        Assert.Equal(ApiFixture.Web, Assert.Single((await watched.NextAsync<ClusterChange.Replaced>()).Pods).Key);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_told_once_and_its_return_brings_the_whole_picture()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        await fixture.Server.StopAsync();
        Assert.Contains(
            fixture.Server.Address.Authority,
            (await watched.NextAsync<ClusterChange.Disconnected>()).Reason,
            StringComparison.Ordinal
        );
        fixture.AddPod();
        await fixture.Server.StartAgainAsync();

        var after = await watched.UntilAsync<ClusterChange.Replaced>();
        if (after.Pods.IsEmpty) // the watch resumed from before the pod, which then comes as a change
            await watched.UntilAsync<ClusterChange.PodChanged>();
    }

    [Theory]
    [InlineData("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":500,\"message\":\"etcd is away\"}}\n")]
    [InlineData("<html>a gateway's page</html>")]
    public async Task What_a_watch_should_not_say_ends_it_and_it_goes_on_where_it_was(string said)
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        fixture.Server.Watches.SendRaw(System.Text.Encoding.UTF8.GetBytes(said), ResourceType.Pods);
        fixture.AddPod();

        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key);
        Assert.Equal(
            1,
            fixture.Server.Journal.Count(request => request.Verb == "list" && request.Resource == ResourceType.Pods)
        );
    }

    [Fact]
    public async Task A_server_that_ends_every_watch_at_once_is_not_asked_without_a_pause()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.ClientTime = new CountedTime(); // stands still, so the first pause lasts
        using var fault = fixture.Server.Faults.Always(
            request => request.Verb == "watch" && request.Resource == ResourceType.Pods,
            new FaultAction.Answer(200, "")
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());

        await watched.UntilAsync<ClusterChange.Disconnected>(); // after the first picture, or before it where the networks take longer

        Assert.Equal(3, fault.Met);
    }

    [Fact]
    public async Task A_thousand_changes_while_everything_breaks_all_arrive()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        var known = new HashSet<PodKey>();

        for (var i = 0; i < 1000; i++)
        {
            fixture.AddPod($"web-{i:D4}");
            if (i % 100 == 50)
                fixture.Server.Connections.ResetAll();
            if (i % 250 == 200)
                fixture.Server.Objects.Compact();
        }

        while (known.Count < 1000)
        {
            switch (await watched.UntilAsync<ClusterChange>())
            {
                case ClusterChange.PodChanged changed:
                    known.Add(changed.Pod.Key);
                    break;
                case ClusterChange.Replaced all:
                    known = [.. all.Pods.Select(pod => pod.Key)];
                    break;
            }
        }
    }
}
