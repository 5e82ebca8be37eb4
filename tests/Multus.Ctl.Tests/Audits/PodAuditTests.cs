using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.Linux.Namespaces;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Ctl.Tests.Audits;

/// <summary>Pods that have other interfaces than the cluster was told.</summary>
public sealed class PodAuditTests : IDisposable
{
    private const string Sandbox = "1111111111111111";
    private const string Uid = "2b4ff0e3-6f0a-4a43-a7ad-3c5dd11b0c11";
    private const string Status = """
        [{"name": "cluster", "interface": "eth0", "ips": ["10.244.0.5"], "mac": "02:00:00:00:00:05", "default": true},
         {"name": "default/blue", "interface": "net1", "ips": ["10.1.0.5"]}]
        """;

    private readonly CtlNode _node = new();
    private TestNamespace? _pod;

    public void Dispose()
    {
        _pod?.Dispose();
        _node.Dispose();
    }

    [RootFact]
    public async Task A_pod_that_has_what_its_status_says_is_as_annotated()
    {
        Pod(Status, "10.244.0.5", "02:00:00:00:00:05", "10.1.0.5");

        var pod = Assert.Single(await PodsAsync(ExitCode.Success));

        Assert.Equal(("default/web", Sandbox), (Text(pod, "pod"), Text(pod, "sandbox")));
        Assert.Empty(pod.GetProperty("differences").EnumerateArray());
    }

    [RootFact]
    public async Task Addresses_MACs_and_interfaces_that_differ_are_each_named()
    {
        Pod(Status, "10.244.0.6", "02:00:00:00:00:06", net1: null);

        Assert.Equal(
            [
                "interface net1 of network net-1 was attached, and the pod has none of that name",
                "interface eth0 has MAC 02:00:00:00:00:06; its network-status says 02:00:00:00:00:05",
                "interface eth0 does not have the address 10.244.0.5 of its network-status",
                "its network-status has interface net1 of network default/blue, and the pod has none",
            ],
            await DifferencesAsync()
        );
    }

    [RootFact]
    public async Task A_status_that_is_missing_or_broken_is_a_difference()
    {
        Pod(null, "10.244.0.5", "02:00:00:00:00:05", "10.1.0.5");
        Assert.Equal(["there is no network-status, and 2 networks were attached"], await DifferencesAsync());

        _node.Temp.File(Path.Combine("statusDir", "default_web.json"), "{");
        Assert.StartsWith(
            "its network-status cannot be read: ",
            Assert.Single(await DifferencesAsync()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_namespace_that_is_gone_and_a_sandbox_without_a_record_are_said()
    {
        Manifest();
        _node.Temp.File(Path.Combine("statusDir", "default_web.json"), Status);
        Assert.Equal(["it has a network-status, and this node has no record of its sandbox"], await DifferencesAsync());

        _node.Temp.File(Path.Combine("cniDir", Sandbox), CtlRecords.Of(Sandbox, Boot.Id, "/run/netns/none"));
        Assert.Equal(["its network namespace /run/netns/none is not there"], await DifferencesAsync());
    }

    [RootFact]
    public async Task The_verdict_is_written_as_a_condition_of_the_pod_beside_those_that_it_has()
    {
        await using var server = await TestApiServer.StartAsync();
        Pod(null, "10.244.0.5", "02:00:00:00:00:05", "10.1.0.5");
        OnServer(server);

        var answer = await _node.AskAsync(ExitCode.Trouble, "audit", "pods", "--publish-condition");

        Assert.Empty(
            answer.GetProperty("published").GetProperty("failed").EnumerateArray().Select(failed => failed.GetString())
        );
        var conditions = server
            .Objects.Get(ResourceType.Pods, "default", "web")
            .Json.GetProperty("status")
            .GetProperty("conditions")
            .EnumerateArray()
            .ToDictionary(condition => Text(condition, "type"));
        Assert.Equal(["Ready", "multus.cni/NetworksAttached"], conditions.Keys.Order(StringComparer.Ordinal));
        var condition = conditions["multus.cni/NetworksAttached"];
        Assert.Equal(("False", "InterfacesDiffer"), (Text(condition, "status"), Text(condition, "reason")));
        Assert.StartsWith("there is no network-status", Text(condition, "message"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_pod_that_may_not_be_written_is_said()
    {
        await using var server = await TestApiServer.StartAsync();
        Pod(null, "10.244.0.5", "02:00:00:00:00:05", "10.1.0.5");
        OnServer(server);
        using var denied = server.Access.Deny(new DenyRule { Verb = "patch" });

        var answer = await _node.AskAsync(ExitCode.Trouble, "audit", "pods", "--publish-condition");

        Assert.StartsWith(
            "default/web: ",
            Assert.Single(answer.GetProperty("published").GetProperty("failed").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_API_server_that_is_away_is_named_and_ends_with_2()
    {
        await using var server = await TestApiServer.StartAsync();
        OnServer(server);
        await server.StopAsync();

        var ran = await _node.RunAsync("audit", "pods");

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.StartsWith(
            "multusctl: the pods of this node cannot be compared: ",
            ran.Errors,
            StringComparison.Ordinal
        );
    }

    private void Pod(string? status, string eth0, string mac, string? net1)
    {
        _pod = new TestNamespace("mctl");
        Link("eth0", eth0, mac);
        if (net1 is not null)
            Link("net1", net1, "02:00:00:00:01:01");
        Manifest();
        _node.Temp.File(
            Path.Combine("cniDir", Sandbox),
            CtlRecords.Of(Sandbox, Boot.Id, _pod.Path, Uid, "eth0", "net1")
        );
        if (status is not null)
            _node.Temp.File(Path.Combine("statusDir", "default_web.json"), status);
    }

    private void Link(string name, string address, string mac)
    {
        _pod!.Ip("link", "add", name, "address", mac, "type", "bridge");
        _pod.Ip("address", "add", $"{address}/24", "dev", name);
    }

    private void Manifest() =>
        _node.Temp.File(
            Path.Combine("manifestDir", "web.yaml"),
            $"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, uid: {Uid}}}\n"
        );

    private void OnServer(TestApiServer server)
    {
        _node
            .With("manifestDir", null)
            .With(
                "kubeconfig",
                server.FilesIn(_node.Temp.Folder("client")).KubeconfigWithToken(server.Access.IssueToken())
            );
        var pod = TestObjects.Pod("default", "web", uid: Uid);
        pod["status"] = new JsonObject
        {
            ["phase"] = "Running",
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
        };
        server.Objects.Create(ResourceType.Pods, pod);
    }

    private async Task<IReadOnlyList<JsonElement>> PodsAsync(int status) =>
        [.. (await _node.AskAsync(status, "audit", "pods")).GetProperty("pods").EnumerateArray()];

    private async Task<IReadOnlyList<string>> DifferencesAsync() =>
        [
            .. Assert
                .Single(await PodsAsync(ExitCode.Trouble))
                .GetProperty("differences")
                .EnumerateArray()
                .Select(words => words.GetString()!),
        ];

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;
}
