using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>What a pod, or the runtime for it, asks for reaches the plugin that it is meant for.</summary>
public abstract class RequestsTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private const string Requests = """
        [{"name":"fabric","namespace":"kube-system","infiniband-guid":"02:00:00:00:00:00:00:2a","ips":["10.1.0.2/24","10.1.0.3/24"],"mac":"02:03:04:05:06:0F",
        "bandwidth":{"ingressRate":2048,"ingressBurst":2048},"portMappings":[{"hostPort":8080,"containerPort":80}],"cni-args":{"k":"v"},"ipam-claim-reference":"c.1"}]
        """;

    [RootFact]
    public async Task What_is_asked_of_a_default_network_reaches_it_as_it_reaches_a_second_one()
    {
        var (cluster, fabric) = (Node.Steered("cluster"), Node.Steered("fabric"));
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", cluster.Type)));
        Node.Manifests.Network(
            "fabric",
            """
            {"cniVersion":"1.0.0","name":"fabric","type":"fabric","capabilities":{"infinibandGUID":true,"mac":true,"ips":true,"bandwidth":true,"portMappings":true,"ipam-claim-reference":true}}
            """.Trim(),
            "kube-system"
        );
        var (asDefault, asSecond) = (Node.UnknownPod("default"), Node.UnknownPod("second"));
        Node.Manifests.Pod(asDefault, null, Requests.ReplaceLineEndings(""));
        Node.Manifests.Pod(asSecond, Requests.ReplaceLineEndings(""));
        await Node.Start();

        (await Node.Add(asDefault)).Succeeded();
        (await Node.Add(asSecond)).Succeeded();

        var (first, second) = (
            fabric.Calls.Single(call => call.ContainerId == asDefault.Sandbox),
            fabric.Calls.Single(call => call.ContainerId == asSecond.Sandbox)
        );
        Assert.Equal(RuntimeConfigOf(second), RuntimeConfigOf(first));
        Assert.Contains("\"mac\":\"02:03:04:05:06:0f\"", RuntimeConfigOf(first), StringComparison.Ordinal);
        Assert.Equal(second.Config.GetProperty("args").GetRawText(), first.Config.GetProperty("args").GetRawText());
        Assert.All(fabric.Calls, call => Assert.DoesNotContain(";IP=", call.Args, StringComparison.Ordinal)); // it declares the capability
        Assert.Equal(
            ["eth0"],
            cluster.Calls.Where(call => call.ContainerId == asSecond.Sandbox).Select(call => call.IfName)
        );
    }

    [PluginFact("bridge", "host-local")]
    public async Task An_address_that_the_runtime_asks_for_is_the_cluster_networks_and_no_other_network_hears_of_it()
    {
        var other = Node.Steered("other");
        Node.Manifests.Network("other", Networks.Steered("other", other.Type));
        var pod = Node.Pod("other");
        await Node.Start();

        (await Node.Add(pod, new ShimOptions { MoreArgs = ";IP=10.244.0.77;NERDCTL_CNI_DHCP_HOSTNAME=q" })).Succeeded();

        Assert.Equal(["10.244.0.77/16"], pod.Addresses("eth0"));
        Assert.Equal(
            Shim.ArgsOf(pod).Replace("IgnoreUnknown=1", "IgnoreUnknown=true", StringComparison.Ordinal),
            other.Calls.Single().Args
        );
    }

    [RootFact]
    public async Task An_attachment_without_an_interface_in_its_result_has_its_entry_also_beside_an_old_cluster_network()
    {
        Node.Steered("old").On("ADD", does => does.Answers("""{"cniVersion":"0.2.0","ip4":{"ip":"10.244.0.9/16"}}"""));
        Node.Steered("vhost").On("ADD", does => does.Answers("""{"cniVersion":"1.0.0"}"""));
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "old", "0.2.0")));
        Node.Manifests.Network("dpdk", Networks.Steered("dpdk", "vhost"));
        var pod = Node.Pod("""[{"name":"dpdk","deviceID":"0000:03:02.0"}]""");
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(
            ["cluster eth0 10.244.0.9", "default/dpdk net1 "],
            Node.Status(pod).EnumerateArray().Select(Entry)
        );
    }

    private static string RuntimeConfigOf(SteeredCall call) => call.Config.GetProperty("runtimeConfig").GetRawText();

    private static string Entry(JsonElement entry)
    {
        var ips = entry.TryGetProperty("ips", out var found)
            ? string.Join(',', found.EnumerateArray().Select(ip => ip.GetString()))
            : "";
        return $"{entry.GetProperty("name").GetString()} {entry.GetProperty("interface").GetString()} {ips}";
    }
}

public sealed class ThickRequestsTests(ITestOutputHelper output) : RequestsTests(output, Flavour.Thick);

public sealed class ThinRequestsTests(ITestOutputHelper output) : RequestsTests(output, Flavour.Thin);
