using System.Net;
using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>The socket and what is behind it (wire-and-daemon.md §2, §3).</summary>
public sealed class ServerTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task Only_root_can_reach_the_socket()
    {
        await Node.StartDaemon();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Node.Folders.SocketDir)
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Node.Folders.Socket));
    }

    [RootFact]
    public async Task Health_is_told_to_GET_and_POST_and_to_nothing_else()
    {
        await Node.StartDaemon();

        foreach (var path in new[] { "/healthz", "/readyz" })
        {
            using var get = await Node.Client.Send(HttpMethod.Get, path);
            using var post = await Node.Client.Send(HttpMethod.Post, path, new StringContent("null"));
            using var put = await Node.Client.Send(HttpMethod.Put, path, new StringContent("null"));

            Assert.Equal(
                (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.MethodNotAllowed),
                (get.StatusCode, post.StatusCode, put.StatusCode)
            );
            Assert.Equal("Method not allowed\n", await put.Content.ReadAsStringAsync());
            using var health = JsonDocument.Parse(await get.Content.ReadAsStringAsync());
            Assert.True(health.RootElement.GetProperty("ready").GetBoolean());
            Assert.Equal(
                ["annotations", "cluster", "delegates", "netlink", "pending-deletes", "sandboxes", "stale-sandboxes"],
                health
                    .RootElement.GetProperty("actors")
                    .EnumerateObject()
                    .Select(actor => actor.Name)
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    [RootFact]
    public async Task Every_answer_closes_its_connection_and_an_unknown_path_is_not_found()
    {
        await Node.StartDaemon();

        using var answer = await Node.Client.Send(HttpMethod.Get, "/metrics/of/another/day");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.ConnectionClose);
    }

    [RootFact]
    public async Task A_request_for_a_verb_that_is_none_is_refused_as_a_CNI_error()
    {
        await Node.StartDaemon();

        using var answer = await Node.Client.Send(
            HttpMethod.Post,
            "/cni",
            new StringContent("""{"env":{"CNI_COMMAND":"FOO"}}""")
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches(
            """^{"code":4,"msg":"unknown cmd type: FOO","details":"request [0-9a-z-]+"}$""",
            await answer.Content.ReadAsStringAsync()
        );
    }

    [RootFact]
    public async Task A_body_that_is_too_large_is_refused_and_the_daemon_goes_on()
    {
        Node.Hocon = "multus.server.max-request-body = 64KiB";
        await Node.StartDaemon();

        using var answer = await Node.Client.Send(
            HttpMethod.Post,
            "/cni",
            new StringContent(new string('x', (64 * 1024) + 1))
        );

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    [RootFact]
    public async Task A_client_that_goes_away_in_the_middle_of_its_ADD_leaves_nothing_behind()
    {
        var plugin = Node.Steered("patient");
        plugin.On("ADD", does => does.Hangs());
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "patient")));
        var pod = Node.Pod();
        await Node.StartDaemon();
        using var gone = new CancellationTokenSource();
        var add = Node.Shim("ADD", pod, new ShimOptions(), gone.Token);
        await plugin.Began("ADD");

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        await plugin.Ended("DEL");
        await Wait.Until(
            "nothing is on record",
            () => Node.Folders.CniFiles().Count == 0,
            () => string.Join(' ', Node.Folders.CniFiles())
        );
        Assert.True(await Node.Client.IsFine("/readyz"));
    }
}
