using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestCluster.Tests.Clients;
using Multus.TestSupport.Daemons;

namespace Multus.TestCluster.Tests.Watching;

public sealed class WatchTests : ServerTest
{
    private const string WatchPods = $"{AllPods}?watch=1&allowWatchBookmarks=true";

    [Theory]
    [InlineData("")]
    [InlineData("&resourceVersion=")]
    [InlineData("&resourceVersion=0")]
    public async Task Without_a_revision_it_begins_with_what_is_there(string revision)
    {
        AddPod("p1");
        using var watch = await Client.WatchAsync(WatchPods + revision);
        await Server.Watches.WhenOpenAsync(ResourceType.Pods);
        AddPod("p2");

        Assert.Equal(["ADDED p1", "ADDED p2"], await watch.TakeAsync(2));
    }

    [Fact]
    public async Task From_a_lists_revision_nothing_is_lost_and_nothing_comes_twice()
    {
        AddPod("p1");
        var list = await Client.GetAsync(AllPods);
        AddPod("p2");
        using var watch = await Client.WatchAsync($"{WatchPods}&resourceVersion={list.Revision}");
        Server.Objects.Delete(ResourceType.Pods, "default", "p1");

        Assert.Equal(["ADDED p2", "DELETED p1"], await watch.TakeAsync(2));
    }

    [Fact]
    public async Task Every_write_raises_the_revision_and_a_deletion_has_one_of_its_own()
    {
        using var watch = await Client.WatchAsync(WatchPods);
        AddPod("p1");
        await Client.PatchAsync($"{Pods}/p1", """{"metadata":{"labels":{"a":"b"}}}""");
        Server.Objects.Delete(ResourceType.Pods, "default", "p1");

        var revisions = new List<long>();
        foreach (var type in (string[])["ADDED", "MODIFIED", "DELETED"])
        {
            var next = await watch.NextAsync();
            Assert.Equal(type, next?.Type);
            revisions.Add(long.Parse(next!.Revision, provider: null));
        }

        Assert.Equal(revisions.Distinct().Order(), revisions);
    }

    [Fact]
    public async Task An_object_that_begins_or_ceases_to_match_is_added_or_deleted()
    {
        using var watch = await Client.WatchAsync($"{WatchPods}&fieldSelector=spec.nodeName%3Dnode-1");
        AddPod("p1");
        AddPod("p2", "node-2");
        await Client.PatchAsync($"{Pods}/p1", """{"spec":{"nodeName":"node-1"}}""");
        await Client.PatchAsync($"{Pods}/p1", """{"metadata":{"labels":{"a":"b"}}}""");
        await Client.PatchAsync($"{Pods}/p1", """{"spec":{"nodeName":"node-2"}}""");

        Assert.Equal(["ADDED p1", "MODIFIED p1", "DELETED p1"], await watch.TakeAsync(3));
    }

    [Fact]
    public async Task A_revision_before_the_last_compaction_is_answered_with_an_error_event_and_the_end()
    {
        var old = AddPod("p1").Revision;
        AddPod("p2");
        Server.Objects.Compact();

        using var watch = await Client.WatchAsync($"{WatchPods}&resourceVersion={old}");

        var error = await watch.NextAsync();
        Assert.Equal(200, watch.Code);
        Assert.Equal(("ERROR", 410), (error?.Type, error?.Object.GetProperty("code").GetInt32()));
        Assert.Equal($"too old resource version: {old} ({old + 1})", error?.Object.GetProperty("message").GetString());
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_bookmark_names_the_newest_revision_to_those_who_take_it()
    {
        using var takes = await Client.WatchAsync(WatchPods);
        using var leaves = await Client.WatchAsync($"{AllPods}?watch=true");
        await Server.Watches.WhenOpenAsync(ResourceType.Pods, 2);
        Server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "n1", "{}"));

        Server.Watches.SendBookmarks();
        Server.Watches.EndAll();

        var bookmark = await takes.NextAsync();
        Assert.Equal(
            ("BOOKMARK", Server.Objects.Revision.ToString(provider: null)),
            (bookmark?.Type, bookmark?.Revision)
        );
        Assert.Equal("Pod", bookmark?.Object.GetProperty("kind").GetString());
        Assert.Null(await leaves.NextAsync());
    }

    [Fact]
    public async Task Initial_events_end_with_a_marked_bookmark_when_asked_for()
    {
        AddPod("p1");

        using var watch = await Client.WatchAsync(
            $"{WatchPods}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        );

        Assert.Equal("ADDED", (await watch.NextAsync())?.Type);
        var end = await watch.NextAsync();
        Assert.Equal(
            "true",
            end?.Object.GetProperty("metadata")
                .GetProperty("annotations")
                .GetProperty("k8s.io/initial-events-end")
                .GetString()
        );
    }

    [Fact]
    public async Task The_server_ends_a_watch_when_its_time_is_up()
    {
        using var watch = await Client.WatchAsync($"{WatchPods}&timeoutSeconds=1");

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task An_error_event_is_the_last_that_a_watch_says()
    {
        using var watch = await Client.WatchAsync(WatchPods);
        await Server.Watches.WhenOpenAsync(ResourceType.Pods);

        Server.Watches.FailAll(ApiStatus.TooOldResourceVersion(1, 2), ResourceType.Pods);

        Assert.Equal("ERROR", (await watch.NextAsync())?.Type);
        Assert.Null(await watch.NextAsync());
        await Wait.Until("no watch is open", () => Server.Watches.Count(ResourceType.Pods) == 0);
    }

    [Fact]
    public async Task A_watch_that_breaks_off_leaves_the_connection_to_the_others()
    {
        AddPod("p1");
        using var watch = await Client.WatchAsync(WatchPods);
        Assert.Equal(["ADDED p1"], await watch.TakeAsync(1));

        Server.Watches.ResetAll();

        await Assert.ThrowsAnyAsync<IOException>(watch.NextAsync);
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.Equal(1, Server.Connections.Accepted);
    }

    [Fact]
    public async Task A_stalled_watch_says_all_when_resumed()
    {
        using var watch = await Client.WatchAsync(WatchPods);
        await Server.Watches.WhenOpenAsync(ResourceType.Pods);
        Server.Watches.Stall();
        AddPod("p1");
        var next = watch.NextAsync();
        Assert.Equal(["p1"], (await Client.GetAsync(AllPods)).Names); // other requests go on
        Assert.False(next.IsCompleted);

        Server.Watches.Resume();

        Assert.Equal("p1", (await next)?.Name);
    }

    [Fact]
    public async Task Many_watches_all_hear_everything_in_order()
    {
        var watches = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Client.WatchAsync(WatchPods)));
        for (var i = 0; i < 50; i++)
            AddPod($"p{i:D2}");

        var expected = Enumerable.Range(0, 50).Select(i => $"ADDED p{i:D2}");
        Assert.All(
            await Task.WhenAll(watches.Select(watch => watch.TakeAsync(50))),
            heard => Assert.Equal(expected, heard)
        );
        foreach (var watch in watches)
            watch.Dispose();
        await Wait.Until("no watch is open", () => Server.Watches.Count(ResourceType.Pods) == 0);
    }
}

public sealed class ExpiredWatchTests : ServerTest
{
    private protected override TestApiServerSettings Settings => new() { ExpiredWatch = ExpiredWatchAnswer.HttpStatus };

    [Fact]
    public async Task A_revision_before_the_last_compaction_is_refused_where_the_test_wants_that()
    {
        var old = AddPod("p1").Revision;
        AddPod("p2");
        Server.Objects.Compact();

        using var watch = await Client.WatchAsync($"{AllPods}?watch=1&resourceVersion={old}");

        Assert.Equal(410, watch.Code);
    }
}
