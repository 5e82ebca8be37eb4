using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>The main job, with real plugins: a pod gets what it asked for, and its DEL takes all of it away.</summary>
public abstract class PodNetworksTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private const string Parent = "uplink";

    [PluginTheory("bridge", "macvlan", "host-local")]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task A_pod_has_every_network_of_its_list_until_its_DEL(string version)
    {
        // The delegates speak the caller's version as far as the distribution's plugins know it.
        GiveNetworks(CniVersion(version) > CniVersion(Networks.PluginVersion) ? Networks.PluginVersion : version);
        var pod = Node.Pod("bridge-conf, macvlan-conf");
        var before = Node.Remains(pod);
        await Node.Start();

        var result = (await Node.Add(pod, new ShimOptions(version))).Result();

        AssertPrintedIn(version, result, pod);
        Assert.Equal(["eth0", "net1", "net2"], pod.Links());
        Assert.Equal(["veth", "veth", "macvlan"], pod.Links().Select(pod.Kind));
        Assert.Equal(["10.244.0.2/16"], pod.Addresses("eth0"));
        Assert.Equal(["10.10.0.2/16"], pod.Addresses("net1"));
        Assert.Equal(["192.168.1.2/24"], pod.Addresses("net2"));
        Assert.Equal(ExpectedStatus(pod), await File.ReadAllTextAsync(Node.StatusFile(pod)));

        (await Node.Del(pod, new ShimOptions(version))).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
        (await Node.Del(pod, new ShimOptions(version))).Succeeded();
    }

    [PluginFact("bridge", "macvlan", "static")]
    public async Task A_pod_gets_the_names_addresses_and_MACs_that_it_asks_for()
    {
        GiveNetworks(Networks.PluginVersion);
        var pod = Node.Pod(
            """
            [{"name":"bridge-conf","interface":"storage0","mac":"02:aa:00:00:00:01"},
             {"name":"asked-conf","namespace":"default","ips":["192.168.7.9/24"],"mac":"02:aa:00:00:00:02"}]
            """
        );
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net2", "storage0"], pod.Links());
        Assert.Equal("02:aa:00:00:00:01", pod.Mac("storage0"));
        Assert.Equal("02:aa:00:00:00:02", pod.Mac("net2"));
        Assert.Equal(["192.168.7.9/24"], pod.Addresses("net2"));
        Assert.Equal(
            ["eth0", "storage0", "net2"],
            Node.Status(pod).EnumerateArray().Select(entry => entry.GetProperty("interface").GetString())
        );
    }

    [PluginFact("bridge", "host-local")]
    public async Task Two_pods_reach_each_other_over_their_second_network()
    {
        GiveNetworks(Networks.PluginVersion);
        var first = Node.Pod("bridge-conf");
        var second = Node.Pod("bridge-conf");
        await Node.Start();
        (await Node.Add(first)).Succeeded();
        (await Node.Add(second)).Succeeded();

        var ping = first.TryExec(
            "ping",
            "-c",
            "1",
            "-w",
            "20",
            "-I",
            "net1",
            second.Addresses("net1").Single().Split('/')[0]
        );

        Assert.True(ping.ExitCode == 0, ping.Stdout + ping.Stderr);
    }

    [PluginFact("bridge", "host-local")]
    public async Task CHECK_is_content_with_what_is_whole_and_names_the_interface_that_is_gone()
    {
        GiveNetworks(Networks.PluginVersion);
        var pod = Node.Pod("bridge-conf");
        await Node.Start();
        (await Node.Add(pod)).Succeeded();
        (await Node.Check(pod)).Succeeded();

        pod.Ip("link", "delete", "dev", "net1");

        Assert.Contains("net1", (await Node.Check(pod)).Error().Message, StringComparison.Ordinal);
    }

    [PluginFact("bridge", "host-local", "tuning")]
    public async Task A_list_of_plugins_runs_as_one_network_and_its_default_route_is_in_the_status()
    {
        const string tuning = """{"type":"tuning","mtu":1400}""";
        Node.With(
            "clusterNetwork",
            Node.ClusterNetwork(
                Node.Networks.BridgeList("list", "cni0", Node.ClusterSubnet, tuning)
                    .Replace(
                        "\"bridge\":\"cni0\"",
                        "\"bridge\":\"cni0\",\"isDefaultGateway\":true",
                        StringComparison.Ordinal
                    ),
                "05-list.conflist"
            )
        );
        var pod = Node.Pod();
        var before = Node.Remains(pod);
        await Node.Start();

        (await Node.Add(pod)).Succeeded();

        Assert.Contains("mtu 1400", pod.Ip("link", "show", "dev", "eth0"), StringComparison.Ordinal);
        Assert.Equal("10.244.0.1", Node.Status(pod)[0].GetProperty("gateway")[0].GetString());
        (await Node.Check(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
    }

    [PluginFact("bridge", "host-local")]
    public async Task A_DEL_without_a_network_namespace_releases_the_addresses()
    {
        GiveNetworks(Networks.PluginVersion);
        var pod = Node.Pod("bridge-conf");
        var before = Node.Remains();
        await Node.Start();
        (await Node.Add(pod)).Succeeded();

        pod.Dispose(); // the runtime has removed the namespace, and with it the links
        (await Node.Del(pod, new ShimOptions(WithNetNs: false))).Succeeded();

        Assert.Equal(before, Node.Remains());
    }

    [PluginFact("bridge", "host-local")]
    public async Task STATUS_is_content_when_the_cluster_network_can_be_attached()
    {
        await Node.Start();

        (await Node.Shim("STATUS", null, new ShimOptions("1.1.0"))).Succeeded();
    }

    [RootFact]
    public async Task VERSION_is_answered_without_a_daemon()
    {
        var run = (await Node.Shim("VERSION", null)).Succeeded();

        Assert.Equal(
            """{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}"""
                + "\n",
            run.Stdout
        );
    }

    private void GiveNetworks(string version)
    {
        Node.Ip("link", "add", Parent, "type", "veth", "peer", "name", $"{Parent}-peer");
        Node.Ip("link", "set", "dev", Parent, "up");
        Node.Ip("link", "set", "dev", $"{Parent}-peer", "up");
        Node.With(
            "clusterNetwork",
            Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet, version: version))
        );
        Node.Manifests.Network(
            "bridge-conf",
            Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16", ",\"capabilities\":{\"mac\":true}", version)
        );
        Node.Manifests.Network(
            "macvlan-conf",
            Node.Networks.MacVlan("macvlan-conf", Parent, "192.168.1.0/24", version)
        );
        Node.Manifests.Network("asked-conf", Networks.MacVlanWithAskedAddresses("asked-conf", Parent, version));
    }

    private static Version CniVersion(string text) => Version.Parse(text);

    // The layouts of the specification: 0.x says the family of each address, 1.x does not.
    private static void AssertPrintedIn(string version, JsonElement result, TestPod pod)
    {
        Assert.Equal(version, result.GetProperty("cniVersion").GetString());
        var eth0 = Assert.Single(
            result.GetProperty("interfaces").EnumerateArray(),
            link => link.GetProperty("name").GetString() == "eth0"
        );
        Assert.Equal(pod.NetNs, eth0.GetProperty("sandbox").GetString());
        Assert.Equal(pod.Mac("eth0"), eth0.GetProperty("mac").GetString());
        var ip = Assert.Single(result.GetProperty("ips").EnumerateArray());
        Assert.Equal("10.244.0.2/16", ip.GetProperty("address").GetString());
        Assert.Equal(version.StartsWith('0'), ip.TryGetProperty("version", out _));
    }

    private static string ExpectedStatus(TestPod pod) =>
        $$"""
            [{
                "name": "cluster",
                "interface": "eth0",
                "ips": [
                    "10.244.0.2"
                ],
                "mac": "{{pod.Mac("eth0")}}",
                "default": true,
                "dns": {}
            },{
                "name": "default/bridge-conf",
                "interface": "net1",
                "ips": [
                    "10.10.0.2"
                ],
                "mac": "{{pod.Mac("net1")}}",
                "dns": {}
            },{
                "name": "default/macvlan-conf",
                "interface": "net2",
                "ips": [
                    "192.168.1.2"
                ],
                "mac": "{{pod.Mac("net2")}}",
                "dns": {}
            }]
            """;
}

public sealed class ThickPodNetworksTests(ITestOutputHelper output) : PodNetworksTests(output, Flavour.Thick)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_comes_and_goes_without_trouble_leaves_no_warning_in_the_log()
    {
        var pod = Node.Pod();
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();
        (await Node.Check(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Node.Daemon.AskToStop();
        Assert.Equal(0, await Node.Daemon.Exited());

        Assert.All(Node.Log.Lines, line => Assert.Matches(@"^\S+ \[(INF|DBG)\] ", line));
    }

    // The kubelet asks every five seconds, and writes the Node when the answer has other words.
    [PluginFact("bridge", "host-local")]
    public async Task A_STATUS_that_fails_says_the_same_each_time_and_is_in_the_log_once_when_it_begins_and_once_when_it_is_over()
    {
        var file = Node.ClusterNetwork("""{"cniVersion":"1.0.0","name":"cluster","type":"not-installed"}""");
        Node.With("clusterNetwork", file);
        await Node.StartDaemon();

        var failed = new List<ShimRun>();
        for (var i = 0; i < 3; i++)
            failed.Add(await Node.Shim("STATUS", null, new ShimOptions("1.1.0")));
        Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet));
        (await Node.Shim("STATUS", null, new ShimOptions("1.1.0"))).Succeeded();
        await Node.Log.Line("STATUS says from now on that pods can be attached");

        Assert.All(failed, run => Assert.Equal(50u, run.Error().Code));
        Assert.Contains("not-installed", failed[0].Stdout, StringComparison.Ordinal);
        Assert.Single(failed.Select(run => run.Stdout).Distinct());
        Assert.Single(
            Node.Log.Lines,
            line => line.Contains("STATUS says from now on that pods cannot be attached", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("request ", failed[0].Stdout, StringComparison.Ordinal);
    }
}

public sealed class ThinPodNetworksTests(ITestOutputHelper output) : PodNetworksTests(output, Flavour.Thin)
{
    [PluginFact("bridge", "host-local")]
    public async Task A_pod_that_comes_and_goes_without_trouble_leaves_no_warning_in_the_log()
    {
        var pod = Node.Pod();
        (await Node.Add(pod)).Succeeded();
        (await Node.Check(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();

        Assert.All(Node.Log.Lines, line => Assert.Matches(@"^\S+ \[(INF|DBG)\] ", line));
    }
}
