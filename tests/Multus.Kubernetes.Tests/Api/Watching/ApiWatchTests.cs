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

public sealed class ApiWatchTests
{
    [Fact]
    public async Task The_first_picture_has_the_pods_of_this_node_and_all_networks()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var pod = fixture.AddPod();
        fixture.AddPod("elsewhere", node: "node-2");
        fixture.AddNetwork(config: """{"type":"bridge"}""");
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());

        var all = await watched.NextAsync<ClusterChange.Replaced>();

        var found = Assert.Single(all.Pods);
        Assert.Equal((ApiFixture.Web, pod.Uid), (found.Key, found.Uid));
        Assert.Equal("blue", found.Annotations[NetworkSelectionParser.NetworksAnnotation]);
        Assert.Equal("""{"type":"bridge"}""", Assert.Single(all.Networks).Config);
    }

    [Fact]
    public async Task Without_a_node_s_name_the_picture_has_the_pods_of_all_nodes()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        fixture.AddPod("elsewhere", node: "node-2");
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(ApiFixture.Settings with { NodeName = "" })
        );

        var all = await watched.NextAsync<ClusterChange.Replaced>();

        Assert.Equal(["elsewhere", "web"], all.Pods.Select(pod => pod.Key.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_happens_afterwards_is_told_in_its_order()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();

        fixture.AddPod();
        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key);
        fixture.Server.Objects.Delete(ResourceType.Pods, "shop", "web");
        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodGone>()).Key);
        fixture.AddNetwork();
        Assert.Equal(ApiFixture.Blue, (await watched.NextAsync<ClusterChange.NetworkChanged>()).Network.Key);
        fixture.Server.Objects.Delete(ResourceType.Networks, "shop", "blue");
        Assert.Equal(ApiFixture.Blue, (await watched.NextAsync<ClusterChange.NetworkGone>()).Key);
    }

    [Fact]
    public async Task A_list_in_many_pages_is_one_picture()
    {
        await using var fixture = await ApiFixture.StartAsync();
        for (var i = 0; i < 25; i++)
            fixture.AddPod($"web-{i:D2}");
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(ApiFixture.Settings with { PageSize = 10 })
        );

        Assert.Equal(25, (await watched.NextAsync<ClusterChange.Replaced>()).Pods.Length);
        Assert.Equal(
            3,
            fixture.Server.Journal.Count(request => request.Verb == "list" && request.Resource == ResourceType.Pods)
        );
    }

    [Fact]
    public async Task A_page_that_has_expired_begins_the_list_anew()
    {
        await using var fixture = await ApiFixture.StartAsync();
        for (var i = 0; i < 25; i++)
            fixture.AddPod($"web-{i:D2}");
        using var expired = fixture.Server.Faults.Next(
            1,
            request => request.Query.Contains("continue=", StringComparison.Ordinal),
            new FaultAction.Refuse(ApiStatus.ExpiredContinue("later"))
        );
        await using var watched = new WatchedChanges(
            fixture.ClusterWithToken(ApiFixture.Settings with { PageSize = 10 })
        );

        Assert.Equal(25, (await watched.NextAsync<ClusterChange.Replaced>()).Pods.Length);
        Assert.Equal(1, expired.Met);
    }

    [Fact]
    public async Task What_happens_between_list_and_watch_is_not_lost()
    {
        await using var fixture = await ApiFixture.StartAsync();
        var listed = new TaskCompletionSource();
        using var held = fixture.Server.Faults.Always(
            request => request.Verb == "watch" && request.Resource == ResourceType.Pods,
            new FaultAction.Hold(listed.Task)
        );
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        Assert.Empty((await watched.NextAsync<ClusterChange.Replaced>()).Pods);
        await fixture
            .Server.Journal.WhenSeenAsync(request => request.Verb == "watch" && request.Resource == ResourceType.Pods)
            .WaitAsync(Wait.Patience);

        fixture.AddPod();
        listed.SetResult();

        Assert.Equal(ApiFixture.Web, (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Key);
    }

    [Fact]
    public async Task Finding_9_a_pod_with_a_date_that_cannot_be_read_is_a_pod_like_the_others()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod("first");
        var pod = TestObjects.Pod("shop", "second", "blue", ApiFixture.Node);
        pod["status"]!["startTime"] = "yesterday";
        pod["spec"]!["containers"]![0]!["resources"]!["limits"] = new JsonObject { ["cpu"] = "many" };
        fixture.Server.Objects.Create(ResourceType.Pods, pod);
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());

        var pods = (await watched.NextAsync<ClusterChange.Replaced>()).Pods;

        Assert.Equal(["first", "second"], pods.Select(pod => pod.Key.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_bookmark_moves_the_place_where_the_watch_goes_on()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);
        fixture.AddPod("elsewhere", node: "node-2");
        var revision = fixture.Server.Objects.Revision;

        fixture.Server.Watches.SendBookmarks(ResourceType.Pods);
        fixture.Server.Watches.EndAll(ResourceType.Pods);

        await fixture
            .Server.Journal.WhenSeenAsync(request =>
                request.Verb == "watch"
                && request.Resource == ResourceType.Pods
                && request.Query.Contains($"resourceVersion={revision}", StringComparison.Ordinal)
            )
            .WaitAsync(Wait.Patience);
        Assert.Equal(
            1,
            fixture.Server.Journal.Count(request => request.Verb == "list" && request.Resource == ResourceType.Pods)
        );
    }

    [Fact]
    public async Task A_missing_network_definition_means_no_networks_until_it_is_there()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.Server.Objects.Install(ResourceType.Networks, isInstalled: false);
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        Assert.Empty((await watched.NextAsync<ClusterChange.Replaced>()).Networks);

        fixture.Server.Objects.Install(ResourceType.Networks, isInstalled: true);
        fixture.AddNetwork();

        var networks = (await watched.NextAsync<ClusterChange.Replaced>()).Networks;
        Assert.True(
            networks is [{ Key.Name: "blue" }]
                || (await watched.NextAsync<ClusterChange.NetworkChanged>()).Network.Key == ApiFixture.Blue
        );
    }

    [Fact]
    public async Task A_missing_permission_is_named_and_asked_for_again()
    {
        await using var fixture = await ApiFixture.StartAsync();
        using var denied = fixture.Server.Access.Deny(new DenyRule("list", "pods"));
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());

        var reason = (await watched.NextAsync<ClusterChange.Disconnected>()).Reason;
        Assert.Contains("RBAC needs verb list on pods in all namespaces (403)", reason, StringComparison.Ordinal);
        denied.Dispose();
        await watched.NextAsync<ClusterChange.Replaced>();
    }

    [Fact]
    public async Task Metadata_is_all_that_is_asked_of_pods()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        Assert.All(
            fixture.Server.Journal.All.Where(request => request.Resource == ResourceType.Pods),
            request =>
                Assert.StartsWith("application/json;as=PartialObjectMetadata", request.Accept, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_change_of_what_we_do_not_keep_is_not_told()
    {
        await using var fixture = await ApiFixture.StartAsync();
        fixture.AddPod();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await watched.NextAsync<ClusterChange.Replaced>();

        Annotate(fixture, "k8s.v1.cni.cncf.io/network-status", "[]");
        Annotate(fixture, "k8s.v1.cni.cncf.io/networks", "red");

        Assert.Equal(
            "red",
            (await watched.NextAsync<ClusterChange.PodChanged>()).Pod.Annotations[
                NetworkSelectionParser.NetworksAnnotation
            ]
        );
    }

    [Fact]
    public async Task A_watch_asks_for_bookmarks_and_for_an_end_within_ten_minutes()
    {
        await using var fixture = await ApiFixture.StartAsync();
        await using var watched = new WatchedChanges(fixture.ClusterWithToken());
        await fixture.Server.Watches.WhenOpenAsync(ResourceType.Pods).WaitAsync(Wait.Patience);

        var query = System.Web.HttpUtility.ParseQueryString(
            fixture.Server.Journal.All.First(r => r.Verb == "watch" && r.Resource == ResourceType.Pods).Query
        );
        Assert.Equal(("true", "spec.nodeName=node-1"), (query["allowWatchBookmarks"], query["fieldSelector"]));
        Assert.InRange(
            int.Parse(query["timeoutSeconds"]!, System.Globalization.CultureInfo.InvariantCulture),
            300,
            600
        );
    }

    private static void Annotate(ApiFixture fixture, string key, string value) =>
        fixture.Server.Objects.Update(
            ResourceType.Pods,
            "shop",
            "web",
            pod =>
            {
                var changed = pod.ToMutable();
                changed["metadata"]!["annotations"]![key] = JsonValue.Create(value);
                return changed;
            }
        );
}
