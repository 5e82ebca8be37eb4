using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Explaining;

/// <summary>One command says why a pod has no network, and what would mend it: of faults that the ADD itself met.</summary>
public abstract class ExplainTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_missing_plugin()
    {
        Node.Manifests.Network("blue", Networks.Steered("blue", "no-such-plugin"));

        var said = await ExplainFailureOf(Node.Pod("blue"), "PluginNotFound");

        Says(said, "is not installed on this node", "no-such-plugin", "default/blue", Node.Folders.Plugins);
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_misspelt_network()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));

        var said = await ExplainFailureOf(Node.Pod("bleu"), "NetworkNotFound");

        Says(said, "does not exist", "(bleu) in namespace (default)", "Did you mean blue? Correct the name");
    }

    [PluginFact("bridge", "host-local")]
    public async Task Namespace_isolation()
    {
        Node.WithJson("namespaceIsolation", "true");
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"), "other");

        var said = await ExplainFailureOf(Node.Pod("other/blue"), "NamespaceIsolation");

        Says(said, "namespaceIsolation forbids it", "globalNamespaces");
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_exhausted_range()
    {
        Node.Manifests.Network("tiny", Node.Networks.Bridge("tiny", "br1", "10.20.0.0/30"));
        var first = Node.Pod("tiny");
        await Node.Start();
        (await Node.Add(first)).Succeeded();

        var said = await ExplainFailureOf(Node.Pod("tiny"), "AddressesExhausted");

        Says(said, "has no address left", "ADD of network default/tiny, interface net1: plugin bridge");
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_plugin_that_hung_and_what_it_said_before()
    {
        Node.DelegateSeconds = 1;
        Node.Steered("sick").On("ADD", does => does.Complains("waiting for the lock of br7").Hangs());
        Node.Manifests.Network("blue", Networks.Steered("blue", "sick"));

        var said = await ExplainFailureOf(Node.Pod("blue"), "PluginHung");

        Says(said, "did not end in time and was killed", "plugin sick", "stderr: waiting for the lock of br7");
    }

    [PluginFact("bridge", "host-local")]
    public async Task Two_networks_that_want_the_default_route()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        Node.Manifests.Network("red", Node.Networks.Bridge("red", "br2", "10.30.0.0/16"));

        var said = await ExplainFailureOf(
            Node.Pod(
                """[{"name":"blue","default-route":["10.20.0.1"]},{"name":"red","default-route":["10.30.0.1"]}]"""
            ),
            "DefaultRouteClash"
        );

        Says(said, "ask for the default route", "default/blue", "default/red");
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_is_well_shows_its_plan_its_times_its_record_and_what_the_kernel_has()
    {
        Node.Manifests.Network(
            "blue",
            Node.Networks.Bridge("blue", "br1", "10.20.0.0/16", ""","isDefaultGateway":false""")
        );
        var pod = Node.Pod("""[{"name":"blue","default-route":["10.20.0.1"]}]""");
        await Node.Start();
        (await Node.Add(pod)).Succeeded();

        var ran = await Explained(pod, status: 0);

        Says(
            ran,
            "Nothing is wrong",
            $"pod {pod.Namespace}/{pod.Name}, sandbox {pod.Sandbox}",
            "waited for eth0 (the cluster network is attached first, alone)",
            "from NetworkAttachmentDefinition default/blue (hash ",
            "10-cluster.conf",
            "attached",
            "plugin bridge ADD of blue net1",
            "route after: default via 10.20.0.1 dev net1",
            "net1: default/blue (bridge)",
            $"kernel, {pod.NetNs}",
            $"net1 {pod.Addresses("net1").Single()}"
        );
        using var json = JsonDocument.Parse(Node.Ctl("explain", pod.Sandbox[..12], "-o", "json").Stdout);
        var operation = json.RootElement.GetProperty("sandboxes")[0].GetProperty("operations")[0];
        Assert.Equal("ADD", operation.GetProperty("verb").GetString());
        Assert.Equal(["planning", "attaching", "routes", "status"], StepsOf(operation));
    }

    [PluginFact("bridge", "host-local")]
    public async Task What_somebody_took_away_is_named_and_after_the_DEL_the_history_stays()
    {
        Node.Manifests.Network("blue", Node.Networks.Bridge("blue", "br1", "10.20.0.0/16"));
        var pod = Node.Pod("blue");
        await Node.Start();
        (await Node.Add(pod)).Succeeded();
        pod.Ip("link", "del", "net1");

        Says(await Explained(pod, status: 1), "Somebody has taken away", "interface net1 of network default/blue");

        (await Node.Del(pod)).Succeeded();
        await Wait.Until("the DEL is in the history", () => Node.Ctl("explain", pod.Name).Stdout.Contains("DEL at"));
        Says(await Explained(pod, status: 0), "ADD at", "DEL at", "on record: nothing");
    }

    private static IEnumerable<string?> StepsOf(JsonElement operation) =>
        operation.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString());

    private static void Says(string said, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, said, StringComparison.Ordinal));

    private async Task<string> ExplainFailureOf(TestPod pod, string cause)
    {
        await Node.Start();
        _ = (await Node.Add(pod)).Error();
        var said = await Explained(pod, status: 1);
        using var json = JsonDocument.Parse(Node.Ctl("explain", $"{pod.Namespace}/{pod.Name}", "-o", "json").Stdout);
        Assert.Equal(cause, json.RootElement.GetProperty("findings")[0].GetProperty("cause").GetString());
        return said;
    }

    // What has just ended is written a moment later.
    private async Task<string> Explained(TestPod pod, int status)
    {
        ToolResult ran = null!;
        await Wait.Until(
            $"explain ends with {status}",
            () =>
                (ran = Node.Ctl("explain", pod.Name, "-n", pod.Namespace)).ExitCode == status
                && ran.Stdout.Contains(pod.Sandbox, StringComparison.Ordinal),
            () => $"{ran.ExitCode} {ran.Stdout} {ran.Stderr}"
        );
        return ran.Stdout;
    }
}

public sealed class ThickExplainTests(ITestOutputHelper output) : ExplainTests(output, Flavour.Thick);

public sealed class ThinExplainTests(ITestOutputHelper output) : ExplainTests(output, Flavour.Thin);
