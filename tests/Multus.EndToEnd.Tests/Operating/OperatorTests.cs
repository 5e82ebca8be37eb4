using System.Text;
using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Runtimes;
using Multus.TestSupport;
using Multus.Wire;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Operating;

/// <summary>What an operator asks of a node with multusctl: real plugins, a real daemon, real namespaces.</summary>
public sealed class OperatorTests(ITestOutputHelper output) : NodeTest(output)
{
    private const string Gone = "0123456789abcdef0123456789abcdef";

    [PluginFact("bridge", "host-local")]
    public async Task Networks_that_the_node_can_serve_are_told_from_those_that_it_cannot()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/24"));
        Node.Manifests.Network("tiny", Node.Networks.Bridge("tiny", "br2", "10.21.0.0/30"));
        Node.Manifests.Network("lost", Node.Networks.MacVlan("lost", "no-such-link", "10.22.0.0/24"));
        await Node.StartDaemon();
        (await Node.Add(Node.Pod("blue, tiny"))).Succeeded();

        var networks = Ask(1, "check-nads")
            .GetProperty("networks")
            .EnumerateArray()
            .ToDictionary(n => Text(n, "network"));

        Assert.Equal(252, networks["default/blue"].GetProperty("ranges")[0].GetProperty("left").GetInt32());
        Assert.True(networks["default/blue"].GetProperty("serves").GetBoolean());
        Assert.Contains("has no address left", ProblemOf(networks["default/tiny"]), StringComparison.Ordinal);
        Assert.Equal("master no-such-link: the node has no such link", ProblemOf(networks["default/lost"]));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_plan_has_the_interfaces_that_the_ADD_then_makes_and_makes_none_itself()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        Node.Manifests.Network("green", Node.Networks.Bridge("green", "br2", "10.21.0.0/16"));
        await Node.StartDaemon();
        var pod = Node.Pod("blue, green@data0");
        var manifest = Directory
            .EnumerateFiles(Node.Folders.Manifests)
            .Single(file => File.ReadAllText(file).Contains($"name: {pod.Name}", StringComparison.Ordinal));

        var planned = Ask(0, "plan", "-f", manifest)
            .GetProperty("pods")[0]
            .GetProperty("attachments")
            .EnumerateArray()
            .Select(attachment => Text(attachment, "interface"))
            .ToList();

        Assert.Equal((0, 0), (pod.Links().Count, Node.Folders.Addresses().Count));
        (await Node.Add(pod)).Succeeded();
        Assert.Equal(pod.Links(), planned.Order(StringComparer.Ordinal));
    }

    [PluginFact("bridge", "host-local")]
    public async Task The_configuration_with_which_a_daemon_runs_is_without_a_fault()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        await Node.StartDaemon();
        var runtime = Node.Folders.Write(
            Path.Combine("runtime.d", "00-multus.conf"),
            """{"cniVersion": "1.0.0", "name": "multus", "type": "multus-shim"}"""
        );

        var answer = Ask(0, "check-config", "--conf-dir", Path.GetDirectoryName(runtime)!);

        Assert.Empty(answer.GetProperty("faults").EnumerateArray());
    }

    [PluginFact("bridge", "host-local")]
    public async Task What_a_pod_has_leaked_that_vanished_is_released_through_the_daemon_and_the_living_keep_theirs()
    {
        await using var runtime = await Runtime();
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        Node.WithJson("staleSandboxes", "false");
        Node.Bridge("cni0");
        Node.Bridge("br1");
        await Node.StartDaemon();
        var (lives, gone) = (Node.Pod("blue", "lives"), Node.Pod("blue", "gone"));
        (await Node.Add(lives)).Succeeded();
        var before = Node.Folders.Addresses();
        (await Node.Add(gone)).Succeeded();
        runtime.Sandboxes = [lives.Sandbox];
        gone.Dispose();
        Assert.Empty(Ask(0, "audit").GetProperty("leaks").EnumerateArray()); // within the grace time

        var leak = Assert.Single(
            Ask(0, "audit", "--fix", "--yes", "--grace", "0").GetProperty("leaks").EnumerateArray()
        );

        Assert.Equal(
            ("sandbox", gone.Sandbox, $"{gone.Namespace}/{gone.Name}", "detached by the daemon"),
            (Text(leak, "kind"), Text(leak, "sandbox"), Text(leak, "pod"), Text(leak, "outcome"))
        );
        Assert.Equal(before, Node.Folders.Addresses());
        (await Node.Check(lives)).Succeeded();
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_address_whose_record_is_lost_is_freed_and_can_be_given_to_a_pod()
    {
        await using var runtime = await Runtime();
        Node.Manifests.Network("tiny", Node.Networks.Bridge("tiny", "br1", "10.20.0.0/30"));
        Node.Folders.Write(Path.Combine("ipam", "tiny", "10.20.0.2"), $"{Gone}\r\nnet1");
        await Node.StartDaemon();
        var pod = Node.Pod("tiny");
        (await Node.Add(pod)).Error(); // the range is exhausted

        Ask(0, "audit", "--fix", "--yes", "--grace", "0");

        (await Node.Add(pod)).Succeeded();
        Assert.Equal(["10.20.0.2/30"], pod.Addresses("net1"));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_running_pod_that_has_lost_an_interface_is_found()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        await Node.StartDaemon();
        var pod = Node.Pod("blue");
        (await Node.Add(pod)).Succeeded();
        Assert.Empty(Assert.Single(Pods(0)).GetProperty("differences").EnumerateArray());

        pod.Ip("link", "delete", "net1");

        var differences = Assert
            .Single(Pods(1))
            .GetProperty("differences")
            .EnumerateArray()
            .Select(d => d.GetString()!);
        Assert.Equal(2, differences.Count());
        Assert.All(differences, words => Assert.Contains("net1", words, StringComparison.Ordinal));
    }

    [PluginFact("bridge", "host-local")]
    public async Task GC_collects_what_the_runtime_does_not_list_and_says_whose_it_was()
    {
        await using var runtime = await Runtime();
        Node.WithJson("staleSandboxes", "false").WithJson("staleSandboxGraceSeconds", "0");
        await Node.StartDaemon();
        var (lives, gone, unlisted) = (Node.Pod(null, "lives"), Node.Pod(null, "gone"), Node.Pod(null, "unlisted"));
        foreach (var pod in new[] { lives, gone, unlisted })
            (await Node.Add(pod)).Succeeded();
        runtime.Sandboxes = [lives.Sandbox];
        gone.Dispose();

        var answer = Ask(0, "gc");

        Assert.Equal(
            [(gone.Sandbox, $"{gone.Namespace}/{gone.Name}")],
            answer.GetProperty("collected").EnumerateArray().Select(one => (Text(one, "sandbox"), Text(one, "pod")))
        );
        Assert.Contains(unlisted.Sandbox, Node.Folders.CniFiles()); // its namespace is there: it may be about to start
        Assert.DoesNotContain(gone.Sandbox, Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task A_DEL_that_was_given_up_is_tried_by_the_daemon_once_an_operator_has_stored_it_again()
    {
        Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder", "1.0.0")));
        await Node.StartDaemon();
        var pod = Node.UnknownPod("gone");
        var name = $"{pod.Sandbox}.eth0.json";
        var delete = new CniRequestBody(
            [
                new("CNI_COMMAND", "DEL"),
                new("CNI_CONTAINERID", pod.Sandbox),
                new("CNI_IFNAME", "eth0"),
                new("CNI_PATH", Node.Folders.Plugins),
                new("CNI_ARGS", Shim.ArgsOf(pod)),
            ],
            "{}"u8.ToArray()
        );
        Node.Folders.Write(
            Path.Combine("cni", PendingDelete.FolderName, $"{name}.given-up"),
            Encoding.UTF8.GetString(delete.ToJson())
        );
        Assert.Equal("givenUp", Text(Ask(1, "pending", "list").GetProperty("pending")[0], "state"));

        Ask(0, "pending", "retry", name);

        await TestSupport.Daemons.Wait.Until(
            "the DEL is done",
            () => Node.Folders.PendingFiles().Count == 0,
            () => $"\n{Node.Log}"
        );
        Assert.Empty(Ask(0, "pending", "list").GetProperty("pending").EnumerateArray());
    }

    private async Task<FakeRuntime> Runtime()
    {
        var socket = Path.Combine(Node.Folders.Root, "cri.sock");
        Node.With("containerRuntimeSocket", socket);
        return await FakeRuntime.StartAsync(socket);
    }

    private IReadOnlyList<JsonElement> Pods(int status) =>
        [.. Ask(status, "audit", "pods").GetProperty("pods").EnumerateArray()];

    private JsonElement Ask(int status, params string[] arguments)
    {
        var ran = Node.Ctl([.. arguments, "-o", "json"]);
        Assert.True(
            status == ran.ExitCode,
            $"{string.Join(' ', arguments)} ended with {ran.ExitCode}: {ran.Stdout}{ran.Stderr}"
        );
        using var json = JsonDocument.Parse(ran.Stdout);
        return json.RootElement.Clone();
    }

    private static string ProblemOf(JsonElement network) =>
        Text(Assert.Single(network.GetProperty("problems").EnumerateArray()), "message");

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;
}
