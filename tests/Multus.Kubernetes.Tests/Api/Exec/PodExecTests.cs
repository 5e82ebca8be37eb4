using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Exec;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;

namespace Multus.Kubernetes.Tests.Api.Exec;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class PodExecTests : IAsyncLifetime
{
    private const string Labels = "app.kubernetes.io/name=multus";

    private ApiFixture _fixture = null!; // xunit calls InitializeAsync before the test
    private PodExec _exec = null!;

    public async Task InitializeAsync()
    {
        _fixture = await ApiFixture.StartAsync();
        _exec = new PodExec(
            Kubeconfig.Read(_fixture.Files.KubeconfigWithToken(_fixture.Server.Access.IssueToken())),
            ApiFixture.Settings,
            runner: null,
            _ => null,
            TimeProvider.System,
            NullLogger.Instance
        );
    }

    public async Task DisposeAsync()
    {
        _exec.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task The_daemons_pods_are_found_with_their_nodes_and_others_are_not()
    {
        Create("multus-b", "node-2", labelled: true);
        Create("multus-a", "node-1", labelled: true, phase: "Pending");
        Create("web", "node-1", labelled: false);

        var all = await _exec.FindAsync(Labels, "", CancellationToken.None);

        Assert.Equal(
            [
                new DaemonPod("kube-system", "multus-a", "node-1", IsRunning: false),
                new DaemonPod("kube-system", "multus-b", "node-2", IsRunning: true),
            ],
            all.AsEnumerable()
        );
        Assert.Equal("multus-b", Assert.Single(await _exec.FindAsync(Labels, "node-2", default)).Name);
        Assert.Empty(await _exec.FindAsync(Labels, "node-3", CancellationToken.None));
    }

    [Fact]
    public async Task A_large_cluster_is_listed_page_by_page()
    {
        for (var i = 0; i < 300; i++)
            Create($"multus-{i}", $"node-{i:000}", labelled: true);
        _fixture.Server.Journal.Clear();

        var all = await _exec.FindAsync(Labels, "", CancellationToken.None);

        Assert.Equal(300, all.Length);
        Assert.Equal("node-299", all[^1].Node);
        Assert.Equal(2, _fixture.Server.Journal.All.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    public async Task A_command_runs_in_the_pod_and_its_output_and_its_end_come_back(int exitCode)
    {
        var pod = Create("multus-a", "node-1", labelled: true);
        var large = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i}, ü\n"));
        IReadOnlyList<string> ran = [];
        _fixture.Server.Exec = (_, command) =>
        {
            ran = command;
            return Task.FromResult(new ExecPrinted(exitCode, large, "a word"));
        };

        var result = await _exec.RunAsync(pod, ["multusctl", "explain", "shop/web &?=% x"], default);

        Assert.Equal(["multusctl", "explain", "shop/web &?=% x"], ran);
        Assert.Equal(new ExecResult(exitCode, large, "a word"), result);
    }

    [Fact]
    public async Task A_user_who_may_not_is_told_so()
    {
        var pod = Create("multus-a", "node-1", labelled: true);
        _fixture.Server.Access.Deny(new DenyRule(Resource: "pods/exec"));

        var e = await Assert.ThrowsAsync<KubernetesException>(() => _exec.RunAsync(pod, ["x"], default));

        Assert.Equal(403, e.Status);
        Assert.Contains("pods/exec", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubelet_that_is_away_and_a_server_that_is_gone_are_said()
    {
        var pod = Create("multus-a", "node-1", labelled: true);

        Assert.Equal(
            500,
            (await Assert.ThrowsAsync<KubernetesException>(() => _exec.RunAsync(pod, ["x"], default))).Status
        );
        await _fixture.Server.StopAsync();
        var e = await Assert.ThrowsAsync<KubernetesException>(() => _exec.RunAsync(pod, ["x"], default));
        Assert.Contains(_fixture.Server.Address.Authority, e.Message, StringComparison.Ordinal);
    }

    private DaemonPod Create(string name, string node, bool labelled, string phase = "Running")
    {
        var pod = TestObjects.Pod("kube-system", name, node: node);
        if (labelled)
            pod["metadata"]!["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "multus" };
        pod["status"]!["phase"] = phase;
        _fixture.Server.Objects.Create(ResourceType.Pods, pod);
        return new DaemonPod("kube-system", name, node, phase == "Running");
    }
}
