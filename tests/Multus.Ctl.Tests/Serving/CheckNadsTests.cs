using System.Text.Json;
using System.Text.Json.Nodes;
using Multus.TestCluster;
using Multus.TestCluster.Access;
using Multus.TestCluster.Kubelets;
using Multus.TestCluster.Objects;

namespace Multus.Ctl.Tests.Serving;

/// <summary>Whether a node can serve a network, and in words why not.</summary>
public sealed class CheckNadsTests : IDisposable
{
    private readonly CtlNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task A_network_whose_plugins_are_there_and_that_has_addresses_is_served()
    {
        _node.Plugin("bridge");
        _node.Plugin("host-local");
        _node.Network("blue", HostLocal("10.1.0.0/24"));
        Lease("10.1.0.5");
        Lease("10.1.0.6");
        Lease("10.9.0.6"); // of a range that it had before

        var network = Assert.Single(await NetworksAsync(ExitCode.Success));

        Assert.True(network.GetProperty("serves").GetBoolean());
        Assert.Equal(
            [("bridge", "1.0.0"), ("host-local", "1.0.0")],
            network
                .GetProperty("plugins")
                .EnumerateArray()
                .Select(plugin =>
                    (plugin.GetProperty("type").GetString(), plugin.GetProperty("versions")[1].GetString())
                )
        );
        var range = Assert.Single(network.GetProperty("ranges").EnumerateArray());
        Assert.Equal(
            ("10.1.0.1-10.1.0.254", 253, 2, 251),
            (
                range.GetProperty("range").GetString(),
                range.GetProperty("total").GetInt32(),
                range.GetProperty("used").GetInt32(),
                range.GetProperty("left").GetInt32()
            )
        );
    }

    [Fact]
    public async Task A_range_whose_addresses_are_all_given_out_is_not_served()
    {
        _node.Plugin("bridge");
        _node.Plugin("host-local");
        _node.Network("blue", HostLocal("10.1.0.0/30"));
        Lease("10.1.0.2");

        Assert.Equal(
            "range 10.1.0.1-10.1.0.2 has no address left: all 1 are given out",
            Assert.Single(await ProblemsAsync()).Message
        );
    }

    [Theory]
    [InlineData("""{"type": "bridge"}""", "failed to find plugin \"bridge\" in path", "install bridge in ")]
    [InlineData(
        """{"cniVersion": "1.1.0", "type": "old"}""",
        "plugin old does not speak cniVersion 1.1.0; it speaks 0.4.0, 1.0.0",
        "install a newer old, or set cniVersion to 1.0.0"
    )]
    [InlineData("""{"type": "broken"}""", "/broken does not answer VERSION: exit status 7", "replace ")]
    [InlineData("""{"type": "babble"}""", "/babble answers VERSION with what is no JSON", "replace ")]
    [InlineData(
        """{"type": "macvlan", "master": "lx"}""",
        "master lx: the node has no such link",
        "did you mean lo? Else create it"
    )]
    [InlineData(
        """{"type": "host-device", "device": "ens99f7"}""",
        "device ens99f7: the node has no such link",
        "plug it in, or see whether a pod has it"
    )]
    [InlineData(
        """{"type": "old", "deviceID": "ffff:ff:1f.7"}""",
        "deviceID ffff:ff:1f.7: there is no such PCI device",
        "lspci -D shows those that are there"
    )]
    [InlineData(
        """{"type": "bridge2", "bridge": 7, "ipam": {"type": "host-local", "subnet": "10.1.0.1/24"}}""",
        "ipam.subnet: 10.1.0.1/24 has bits behind its prefix",
        "10.1.0.0/24 is the subnet"
    )]
    [InlineData(
        """{"type": "old", "ipam": {"type": "dhcp", "daemonSocketPath": "/nowhere/dhcp.sock"}}""",
        "nobody listens at /nowhere/dhcp.sock",
        "start the dhcp plugin as a daemon on this node"
    )]
    [InlineData("""{"type": 5}""", "type must be a string", "multusctl check-config shows the place")]
    public async Task What_is_in_the_way_comes_in_words_with_what_would_mend_it(
        string config,
        string message,
        string remedy
    )
    {
        _node.Script("broken", "exit 7");
        _node.Script("babble", "echo hello");
        foreach (var type in new[] { "old", "macvlan", "host-device", "host-local", "dhcp", "bridge2" })
            _node.Plugin(type);
        _node.Network("blue", config);

        var problem = Assert.Single(await ProblemsAsync());

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended_and_named()
    {
        _node.Script("hangs", "exec sleep 600");
        _node.Network("blue", """{"type": "hangs"}""");

        Assert.Contains(
            "/hangs does not answer VERSION: killed after 5",
            Assert.Single(await ProblemsAsync()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Devices_are_those_that_the_kubelet_has_and_has_not_given()
    {
        var kubeletDir = _node.Temp.Folder("kubelet");
        await using var kubelet = await FakeKubelet.StartAsync(
            Path.Combine(kubeletDir, "pod-resources", "kubelet.sock")
        );
        kubelet.WithAllocatable("acme.com/vf", "a", "b").WithAllocatable("acme.com/full", "c");
        kubelet.With("default", "web", "main", "acme.com/full", "c").With("default", "web", "main", "acme.com/vf", "a");
        _node.With("kubeletDir", kubeletDir);
        _node.Plugin("sriov");
        foreach (var resource in new[] { "vf", "full", "fv" })
            _node.Network(
                $"net-{resource}",
                """{"type": "sriov"}""",
                $"  annotations:\n    k8s.v1.cni.cncf.io/resourceName: acme.com/{resource}\n"
            );

        var problems = await ProblemsAsync();

        Assert.Equal(
            [
                (
                    "all 1 devices of acme.com/full are given to pods",
                    "delete a pod that has one, or give the device plugin more"
                ),
                (
                    "the kubelet has no device of acme.com/fv",
                    "see that its device plugin runs on this node; did you mean acme.com/vf?"
                ),
            ],
            problems.Select(problem => (problem.Message, problem.Hint))
        );
    }

    [Fact]
    public async Task A_kubelet_that_is_not_there_is_said_and_is_no_verdict()
    {
        _node.With("kubeletDir", _node.Temp.Folder("kubelet"));
        _node.Plugin("sriov");
        _node.Network(
            "blue",
            """{"type": "sriov"}""",
            "  annotations:\n    k8s.v1.cni.cncf.io/resourceName: acme.com/vf\n"
        );

        var network = Assert.Single(await NetworksAsync(ExitCode.NoAnswer));

        Assert.StartsWith(
            "devices: there is no kubelet at ",
            Assert.Single(network.GetProperty("notAsked").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_names_all_are_looked_at_and_with_names_those()
    {
        _node.Plugin("bridge");
        _node.Network("blue", """{"type": "bridge"}""");
        _node.Network("green", """{"type": "bridge"}""");

        Assert.Equal(2, (await NetworksAsync(ExitCode.Success)).Count);
        Assert.Equal(
            "default/green",
            Assert.Single(await NetworksAsync(ExitCode.Success, "green")).GetProperty("network").GetString()
        );
        var unknown = await _node.RunAsync("check-nads", "gren");
        Assert.Equal(ExitCode.NoAnswer, unknown.Status);
        Assert.Contains("default/gren; did you mean default/green?", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdicts_are_written_on_the_networks_when_that_is_asked_for()
    {
        await using var server = await TestApiServer.StartAsync();
        OnServer(server);
        _node.Plugin("bridge");
        server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "good", """{"type": "bridge"}"""));
        server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "bad", """{"type": "none"}"""));

        var answer = await _node.AskAsync(ExitCode.Trouble, "check-nads", "--publish");

        Assert.Equal(2, answer.GetProperty("published").GetProperty("written").GetInt32());
        var key = $"nodes.multus.cni/{answer.GetProperty("node").GetString()}";
        Assert.Contains("\"serves\":true", AnnotationOf(server, "good", key), StringComparison.Ordinal);
        Assert.Contains(
            "\"serves\":false,\"problems\":[\"failed to find plugin",
            AnnotationOf(server, "bad", key),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_network_that_may_not_be_written_is_said_with_the_reason()
    {
        await using var server = await TestApiServer.StartAsync();
        OnServer(server);
        _node.Plugin("bridge");
        server.Objects.Create(ResourceType.Networks, TestObjects.Network("default", "good", """{"type": "bridge"}"""));
        using var denied = server.Access.Deny(new DenyRule { Verb = "patch" });

        var answer = await _node.AskAsync(ExitCode.NoAnswer, "check-nads", "--publish");

        var failed = Assert.Single(answer.GetProperty("published").GetProperty("failed").EnumerateArray()).GetString();
        Assert.StartsWith("default/good: ", failed, StringComparison.Ordinal);
        Assert.Contains("patch", failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_of_whereabouts_are_counted_in_its_pools()
    {
        await using var server = await TestApiServer.StartAsync();
        OnServer(server);
        _node.Plugin("macvlan");
        _node.Plugin("whereabouts");
        server.Objects.Create(
            ResourceType.Networks,
            TestObjects.Network(
                "default",
                "storage",
                """{"type": "macvlan", "ipam": {"type": "whereabouts", "range": "10.5.0.0/29", "exclude": ["10.5.0.6/32"]}}"""
            )
        );
        server.Objects.Create(ResourceType.AddressPools, Pool("10.5.0.0-29", "10.5.0.0/29", 1, 2, 3));

        var network = Assert.Single(await NetworksAsync(ExitCode.Success));

        var range = Assert.Single(network.GetProperty("ranges").EnumerateArray());
        Assert.Equal(
            (5, 3, 2),
            (
                range.GetProperty("total").GetInt32(),
                range.GetProperty("used").GetInt32(),
                range.GetProperty("left").GetInt32()
            )
        );
    }

    [Fact]
    public async Task An_API_server_that_is_away_is_named_and_ends_with_2()
    {
        await using var server = await TestApiServer.StartAsync();
        OnServer(server);
        await server.StopAsync();

        var ran = await _node.RunAsync("check-nads");

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.StartsWith("multusctl: the networks of the API server https://", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_sees_a_table_and_the_reasons_below_it()
    {
        _node.Plugin("bridge");
        _node.Network("blue", """{"type": "bridge"}""");
        _node.Network("green", """{"type": "[bold]"}""");

        var ran = await _node.RunAsync("check-nads");

        Assert.Contains("bridge up to 1.0.0", ran.Output, StringComparison.Ordinal);
        Assert.Contains("default/green: failed to find plugin \"[bold]\"", ran.Output, StringComparison.Ordinal);
        Assert.Contains("serves 1 of 2 networks", ran.Output, StringComparison.Ordinal);
    }

    private static JsonObject Pool(string name, string range, params int[] offsets)
    {
        var allocations = new JsonObject();
        foreach (var offset in offsets)
            allocations[$"{offset}"] = new JsonObject { ["id"] = $"sandbox{offset}", ["podref"] = "default/web" };
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["namespace"] = "kube-system", ["name"] = name },
            ["spec"] = new JsonObject { ["range"] = range, ["allocations"] = allocations },
        };
    }

    private void OnServer(TestApiServer server) =>
        _node
            .With("manifestDir", null)
            .With(
                "kubeconfig",
                server.FilesIn(_node.Temp.Folder("client")).KubeconfigWithToken(server.Access.IssueToken())
            );

    private static string AnnotationOf(TestApiServer server, string name, string key) =>
        server.Objects.Get(ResourceType.Networks, "default", name).Annotation(key)!;

    private string HostLocal(string subnet) =>
        $$"""{"cniVersion": "1.0.0", "name": "blue-net", "type": "bridge", "ipam": {"type": "host-local", "subnet": "{{subnet}}", "dataDir": "{{_node["ipam"]}}"} }""";

    private void Lease(string address) =>
        _node.Temp.File(Path.Combine("ipam", "blue-net", address), "0123456789abcdef\r\neth0");

    private async Task<IReadOnlyList<JsonElement>> NetworksAsync(int status, params string[] names) =>
        [.. (await _node.AskAsync(status, ["check-nads", .. names])).GetProperty("networks").EnumerateArray()];

    private async Task<IReadOnlyList<(string Message, string Hint)>> ProblemsAsync() =>
        [
            .. (await NetworksAsync(ExitCode.Trouble)).SelectMany(network =>
                network
                    .GetProperty("problems")
                    .EnumerateArray()
                    .Select(problem =>
                        (problem.GetProperty("message").GetString()!, problem.GetProperty("hint").GetString()!)
                    )
            ),
        ];
}
