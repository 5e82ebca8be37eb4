using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;
using Multus.TestSupport;

namespace Multus.Ctl.Tests.Remote;

/// <summary>Commands that are carried out in the daemons' pods of other nodes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class RemoteTests : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private TestApiServer _server = null!; // xunit calls InitializeAsync before the test
    private string _kubeconfig = "";

    public async Task InitializeAsync()
    {
        _server = await TestApiServer.StartAsync();
        _kubeconfig = _server.FilesIn(_temp["client"]).KubeconfigWithToken(_server.Access.IssueToken());
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_command_goes_to_its_node_as_it_was_typed_but_for_the_way_there()
    {
        CreateDaemon("node-1");
        CreateDaemon("node-2");
        IReadOnlyList<string> ran = [];
        var where = "";
        _server.Exec = (pod, command) =>
        {
            (where, ran) = (pod.Text("spec", "nodeName")!, command);
            return Task.FromResult(new ExecPrinted(1, "What is wrong: [all] of it\n", ""));
        };

        var done = await Ctl.RunAsync(
            "explain",
            "--node",
            "node-2",
            "shop/web",
            "--all",
            $"--kubeconfig={_kubeconfig}",
            "-n",
            "shop"
        );

        Assert.Equal((1, "node-2"), (done.Status, where));
        Assert.Equal(["multusctl", "explain", "shop/web", "--all", "-n", "shop"], ran);
        Assert.Contains("What is wrong: [all] of it", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_nodes_are_asked_and_one_that_does_not_answer_spoils_no_other()
    {
        for (var i = 0; i < 40; i++)
            CreateDaemon($"node-{i:00}");
        CreateDaemon("node-dead", phase: "Pending");
        _server.Exec = (pod, _) =>
            Task.FromResult(
                pod.Text("spec", "nodeName") == "node-07"
                    ? new ExecPrinted(1, """{"ready":false}""", "")
                    : new ExecPrinted(0, """{"ready":true}""", "")
            );

        var done = await Ctl.RunAsync("status", "--all-nodes", "--kubeconfig", _kubeconfig, "-o", "json");

        Assert.Equal(ExitCode.NoAnswer, done.Status);
        using var json = JsonDocument.Parse(done.Output);
        var nodes = json.RootElement.EnumerateArray().ToList();
        Assert.Equal(41, nodes.Count);
        Assert.Equal(
            ["node-07"],
            nodes
                .Where(node => node.GetProperty("exitCode").GetInt32() == 1)
                .Select(node => node.GetProperty("node").GetString())
        );
        Assert.True(nodes[0].GetProperty("answer").GetProperty("ready").GetBoolean());
        Assert.Contains("does not run", nodes[^1].GetProperty("problem").GetString(), StringComparison.Ordinal);

        var text = await Ctl.RunAsync("status", "--all-nodes", "--kubeconfig", _kubeconfig);
        Assert.Contains("41 nodes were asked: 39 are well, 2 are not.", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_a_daemon_and_a_missing_kubeconfig_are_said()
    {
        CreateDaemon("node-1");

        var unknown = await Ctl.RunAsync("status", "--node", "node-9", "--kubeconfig", _kubeconfig);
        Assert.Equal(ExitCode.NoAnswer, unknown.Status);
        Assert.Contains("on node node-9", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("--selector", unknown.Errors, StringComparison.Ordinal);

        var nowhere = await Ctl.RunAsync("status", "--all-nodes", "--kubeconfig", _temp["none"]);
        Assert.Equal(ExitCode.NoAnswer, nowhere.Status);
        Assert.Contains(_temp["none"], nowhere.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_watch_is_for_the_node_itself()
    {
        var watch = await Ctl.RunAsync("status", "-w", "--all-nodes", "--kubeconfig", _kubeconfig);

        Assert.Equal(ExitCode.Usage, watch.Status);
        Assert.Contains("--watch", watch.Errors, StringComparison.Ordinal);
    }

    private void CreateDaemon(string node, string phase = "Running")
    {
        var pod = TestObjects.Pod("kube-system", $"multus-{node}", node: node);
        pod["metadata"]!["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "multus" };
        pod["status"]!["phase"] = phase;
        _server.Objects.Create(ResourceType.Pods, pod);
    }
}
