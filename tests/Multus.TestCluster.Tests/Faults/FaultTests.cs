using System.Net;
using System.Net.Sockets;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestCluster.Tests.Clients;
using Multus.TestSupport.Daemons;

namespace Multus.TestCluster.Tests.Faults;

public sealed class FaultTests : ServerTest
{
    [Fact]
    public async Task The_next_requests_that_fit_are_met_and_no_others()
    {
        AddPod("p1");
        var fault = Server.Faults.Next(
            2,
            request => request.Verb == "get",
            new FaultAction.Refuse(ApiStatus.ServiceUnavailable())
        );

        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.Equal(503, (await Client.GetAsync($"{Pods}/p1")).Code);
        Assert.Equal(503, (await Client.GetAsync($"{Pods}/p1")).Code);
        Assert.Equal(200, (await Client.GetAsync($"{Pods}/p1")).Code);
        Assert.Equal(2, fault.Met);
    }

    [Fact]
    public async Task A_fault_without_an_end_ends_when_it_is_taken_back()
    {
        var fault = Server.Faults.Always(
            _ => true,
            new FaultAction.Refuse(ApiStatus.InternalError("etcdserver: leader changed"))
        );
        Assert.Equal(
            "Internal error occurred: etcdserver: leader changed",
            (await Client.GetAsync(AllPods)).Text("message")
        );

        fault.Dispose();

        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
    }

    [Fact]
    public async Task Too_many_requests_says_when_to_come_again()
    {
        Server.Faults.Next(1, _ => true, new FaultAction.TooManyRequests(RetryAfterSeconds: 7));

        Assert.Equal(
            new Answer(429, "Too many requests, please try again later.\n", "7"),
            await Client.GetAsync(AllPods)
        );
    }

    [Fact]
    public async Task A_reset_connection_takes_all_its_requests_with_it()
    {
        using var watch = await Client.WatchAsync($"{AllPods}?watch=1");
        Server.Faults.Next(1, _ => true, new FaultAction.ResetConnection());

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(AllPods));

        await Assert.ThrowsAnyAsync<IOException>(watch.NextAsync);
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.Equal(2, Server.Connections.Accepted);
    }

    [Fact]
    public async Task A_reset_stream_takes_nothing_else_with_it()
    {
        using var watch = await Client.WatchAsync($"{AllPods}?watch=1");
        Server.Faults.Next(1, _ => true, new FaultAction.ResetStream());

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(AllPods));

        AddPod("p1");
        Assert.Equal(["ADDED p1"], await watch.TakeAsync(1));
        Assert.Equal(1, Server.Connections.Accepted);
    }

    [Fact]
    public async Task A_lost_answer_is_one_to_a_request_that_was_carried_out()
    {
        AddPod("p1");
        Server.Faults.Next(1, request => request.Verb == "patch", new FaultAction.LoseAnswer());

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Client.PatchAsync($"{Pods}/p1", """{"metadata":{"labels":{"a":"b"}}}""")
        );

        Assert.Equal("b", Server.Objects.Get(ResourceType.Pods, "default", "p1").Label("a"));
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Half_a_body_is_not_taken_for_a_whole_one(string version)
    {
        AddPod("p1");
        Server.Faults.Next(1, _ => true, new FaultAction.HalfBody());

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            NewClient(Server.Access.IssueToken(), Version.Parse(version)).GetAsync(AllPods)
        );
    }

    [Fact]
    public async Task A_held_request_waits_and_then_goes_its_way()
    {
        var release = new TaskCompletionSource();
        Server.Faults.Next(1, _ => true, new FaultAction.Hold(release.Task));
        var held = Client.GetAsync(AllPods);
        await Server.Journal.WhenSeenAsync(_ => true).WaitAsync(Wait.Patience);
        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.False(held.IsCompleted);

        release.SetResult();

        Assert.Equal(200, (await held).Code);
    }

    [Fact]
    public async Task Nothing_passes_on_a_stalled_network_until_it_moves_again()
    {
        using var watch = await Client.WatchAsync($"{AllPods}?watch=1");
        Server.Connections.Stall();
        AddPod("p1");
        var held = Client.GetAsync(AllPods);
        var next = watch.NextAsync();
        await Wait.Until("a connection is held", () => Server.Connections.Held > 0);
        Assert.Equal(0, Server.Journal.Count(request => request.Verb == "list"));
        Assert.False(held.IsCompleted || next.IsCompleted);

        Server.Connections.Resume();

        Assert.Equal(200, (await held).Code);
        Assert.Equal("p1", (await next)?.Name);
    }

    [Fact]
    public async Task New_connections_can_be_reset_before_a_byte_is_exchanged()
    {
        const int Resets = 20;
        Server.Connections.ResetNext(Resets);

        for (var i = 0; i < Resets; i++)
        {
            // Not always wrapped: .NET looks up the other end's address between connecting and the handshake, and lets
            // that failure through as it is.
            var cut = await Assert.ThrowsAnyAsync<Exception>(() => Client.GetAsync(AllPods));
            Assert.True(cut is HttpRequestException or SocketException, cut.ToString());
        }

        Assert.Equal(200, (await Client.GetAsync(AllPods)).Code);
        Assert.Equal(Resets + 1, Server.Connections.Accepted);
    }

    [Fact]
    public async Task A_stopped_server_refuses_connections_and_is_found_again_where_it_was_with_all_it_had()
    {
        AddPod("p1");
        using var watch = await Client.WatchAsync($"{AllPods}?watch=1&resourceVersion={Server.Objects.Revision}");
        var address = Server.Address;

        await Server.StopAsync();

        await Assert.ThrowsAnyAsync<IOException>(watch.NextAsync);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() =>
            NewClient(Server.Access.IssueToken()).GetAsync(AllPods)
        );
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        await Server.StartAgainAsync();
        Assert.Equal(address, Server.Address);
        Assert.Equal(["p1"], (await Client.GetAsync(AllPods)).Names);
    }

    [Fact]
    public async Task A_stalled_server_can_be_stopped()
    {
        using var watch = await Client.WatchAsync($"{AllPods}?watch=1");
        Server.Connections.Stall();

        await Server.StopAsync().WaitAsync(Wait.Patience);

        Assert.Equal(0, Server.Connections.Open);
    }

    [Fact]
    public async Task Only_as_many_requests_at_once_as_the_setting_says_share_a_connection()
    {
        var release = new TaskCompletionSource();
        Server.Faults.Always(_ => true, new FaultAction.Hold(release.Task));

        var all = Enumerable.Range(0, 150).Select(_ => Client.GetAsync(AllPods)).ToList();
        await Server.Journal.WhenSeenAsync(_ => true, 100).WaitAsync(Wait.Patience);
        Assert.Equal(100, Server.Journal.Count(request => request.ConnectionId == Server.Journal.All[0].ConnectionId));
        release.SetResult();

        Assert.All(await Task.WhenAll(all), answer => Assert.Equal((int)HttpStatusCode.OK, answer.Code));
    }

    [Fact]
    public async Task The_journal_tells_writes_from_reads_and_keeps_what_was_sent()
    {
        AddPod("p1");
        await Client.GetAsync($"{Pods}/p1");
        await Client.PatchAsync($"{Pods}/p1", """{"metadata":{"labels":{"a":"b"}}}""");

        var write = Assert.Single(Server.Journal.Writes(ResourceType.Pods));
        Assert.Equal(("patch", "default", "p1", 200), (write.Verb, write.Namespace, write.Name, write.Code));
        Assert.Equal("application/merge-patch+json; charset=utf-8", write.ContentType);
        Assert.Equal("""{"metadata":{"labels":{"a":"b"}}}""", write.Body);
    }
}
