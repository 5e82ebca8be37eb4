using System.Text.Json;

namespace Multus.Ctl.Tests.Plans;

/// <summary>What an ADD would do, and what it would be refused for, with nothing run.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly CtlNode _node = new();

    public PlanTests()
    {
        foreach (var type in new[] { "bridge", "macvlan", "portmap", "host-local", "sriov" })
            _node.Script(type, $"touch {_node.Temp["ran"]}; exit 1");
        _node.With(
            "clusterNetwork",
            _node.Temp.File(
                "cluster.conf",
                """{"cniVersion": "1.0.0", "name": "cluster", "type": "bridge", "ipam": {"type": "host-local", "subnet": "10.244.0.0/16"}}"""
            )
        );
        foreach (var (n, name) in new[] { "blue", "green", "red" }.Index())
            _node.Network(name, Bridge($"br{n}", $"10.{n}.0.0/24"));
    }

    public void Dispose()
    {
        Assert.False(File.Exists(_node.Temp["ran"])); // whatever a test does, no plugin runs
        _node.Dispose();
    }

    [Fact]
    public async Task Networks_get_their_interfaces_and_run_together_or_wait_with_a_reason()
    {
        _node.Network("gate", Bridge("br0", "10.9.0.0/24"));

        var attachments = await AttachmentsAsync("blue, green@data0, gate");

        Assert.Equal(
            [
                ("eth0", "cluster", 1, ""),
                ("net1", "default/blue", 2, "eth0: the cluster network is attached first, alone"),
                ("data0", "default/green", 2, "eth0: the cluster network is attached first, alone"),
                ("net3", "default/gate", 3, "net1: both use br0"),
            ],
            attachments.Select(attachment =>
                (
                    Text(attachment, "interface"),
                    Text(attachment, "network"),
                    attachment.GetProperty("wave").GetInt32(),
                    string.Join(
                        '|',
                        attachment
                            .GetProperty("waitsFor")
                            .EnumerateArray()
                            .Select(reason => $"{Text(reason, "interface")}: {Text(reason, "why")}")
                    )
                )
            )
        );
    }

    [Fact]
    public async Task The_configuration_of_each_plugin_is_shown_when_that_is_asked_for()
    {
        _node.Network(
            "ports",
            """{"cniVersion": "1.0.0", "plugins": [{"type": "bridge", "bridge": "br7"}, {"type": "portmap", "capabilities": {"portMappings": true}}]}"""
        );

        var attachments = await AttachmentsAsync(
            """[{"name": "ports", "portMappings": [{"hostPort": 80, "containerPort": 8080, "protocol": "tcp"}]}]""",
            "--verbose"
        );

        var plugins = attachments[1].GetProperty("plugins");
        Assert.Equal("br7", Text(plugins[0].GetProperty("configuration"), "bridge"));
        Assert.Equal("ports", Text(plugins[0].GetProperty("configuration"), "name"));
        Assert.Equal(
            80,
            plugins[1]
                .GetProperty("configuration")
                .GetProperty("runtimeConfig")
                .GetProperty("portMappings")[0]
                .GetProperty("hostPort")
                .GetInt32()
        );
        Assert.True(attachments[1].GetProperty("capabilities").TryGetProperty("portMappings", out _));
    }

    [Fact]
    public async Task Addresses_and_MACs_that_the_pod_asks_for_are_among_the_arguments()
    {
        var attachments = await AttachmentsAsync("""[{"name": "blue", "mac": "02:00:00:00:00:07"}]""");

        Assert.Equal("02:00:00:00:00:07", Text(attachments[1].GetProperty("arguments"), "MAC"));
    }

    [Theory]
    [InlineData("bleu", "network-attachment-definition")]
    [InlineData("blue@eth0", "eth0")]
    [InlineData("[{", "annotation")]
    [InlineData("gone", "failed to find plugin \"nowhere\" in path")]
    public async Task What_an_ADD_would_refuse_is_said_in_its_words(string networks, string words)
    {
        _node.Network("gone", """{"type": "nowhere"}""");

        var answer = await _node.AskAsync(ExitCode.Trouble, "plan", "-f", Pod(networks));

        var fault = Assert.Single(answer.GetProperty("pods")[0].GetProperty("faults").EnumerateArray()).GetString()!;
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_plugins_are_said_and_the_plan_is_shown_all_the_same()
    {
        _node.Network("gone", """{"type": "nowhere"}""");
        _node.Network("lost", """{"type": "nothing"}""");

        var pod = (await _node.AskAsync(ExitCode.Trouble, "plan", "-f", Pod("gone, lost"))).GetProperty("pods")[0];

        Assert.Equal(
            (3, 2),
            (pod.GetProperty("attachments").GetArrayLength(), pod.GetProperty("faults").GetArrayLength())
        );
    }

    [Fact]
    public async Task A_network_of_the_pods_own_file_comes_before_the_clusters()
    {
        var file = _node.Temp.File(
            "both.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, annotations: {k8s.v1.cni.cncf.io/networks: blue}}
            ---
            apiVersion: k8s.cni.cncf.io/v1
            kind: NetworkAttachmentDefinition
            metadata: {name: blue}
            spec: {config: '{"type": "macvlan", "master": "eth7"}'}
            """
        );

        var answer = await _node.AskAsync(ExitCode.Success, "plan", "-f", file);

        Assert.Equal(
            "macvlan",
            Text(answer.GetProperty("pods")[0].GetProperty("attachments")[1].GetProperty("plugins")[0], "type")
        );
    }

    [Fact]
    public async Task A_device_is_promised_and_not_named()
    {
        _node.With("kubeletDir", _node.Temp.Folder("kubelet"));
        _node.Network(
            "fast",
            """{"type": "sriov"}""",
            "  annotations:\n    k8s.v1.cni.cncf.io/resourceName: acme.com/vf\n"
        );

        var attachments = await AttachmentsAsync("fast");

        Assert.Equal("device 1 of acme.com/vf", Text(attachments[1], "device"));
    }

    [Fact]
    public async Task Where_no_kubelet_is_asked_a_network_with_a_device_is_refused_as_by_the_daemon()
    {
        _node.Network(
            "fast",
            """{"type": "sriov"}""",
            "  annotations:\n    k8s.v1.cni.cncf.io/resourceName: acme.com/vf\n"
        );

        var answer = await _node.AskAsync(ExitCode.Trouble, "plan", "-f", Pod("fast"));

        Assert.Contains(
            "takes a device of acme.com/vf, and this daemon asks no kubelet",
            answer.GetProperty("pods")[0].GetProperty("faults")[0].GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("kind: Deployment\napiVersion: apps/v1\nmetadata: {name: web}\n", "there is no Pod in ")]
    [InlineData("kind: [", "not YAML")]
    public async Task A_file_without_a_pod_is_no_question(string content, string words)
    {
        var ran = await _node.RunAsync("plan", "-f", _node.Temp.File("other.yaml", content));

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.Contains(words, ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_sees_the_waves_as_a_tree()
    {
        var ran = await _node.RunAsync("plan", "-f", Pod("blue, green, blue"));

        Assert.Equal(ExitCode.Success, ran.Status);
        Assert.Contains("wave 2, together", ran.Output, StringComparison.Ordinal);
        Assert.Contains("net3  default/blue  (bridge)", ran.Output, StringComparison.Ordinal);
        Assert.Contains("waits for net1: both are of network blue", ran.Output, StringComparison.Ordinal);
    }

    private string Pod(string networks) =>
        _node.Temp.File(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n"
                + $"    k8s.v1.cni.cncf.io/networks: '{networks}'\n"
        );

    private async Task<IReadOnlyList<JsonElement>> AttachmentsAsync(string networks, params string[] more) =>
        [
            .. (await _node.AskAsync(ExitCode.Success, ["plan", "-f", Pod(networks), .. more]))
                .GetProperty("pods")[0]
                .GetProperty("attachments")
                .EnumerateArray(),
        ];

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;

    private static string Bridge(string bridge, string subnet) =>
        $$"""{"cniVersion": "1.0.0", "type": "bridge", "bridge": "{{bridge}}", "ipam": {"type": "host-local", "subnet": "{{subnet}}"} }""";
}
