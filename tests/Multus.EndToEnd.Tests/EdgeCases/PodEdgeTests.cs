using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md N, with real plugins.</summary>
public sealed class PodEdgeTests(ITestOutputHelper output) : NodeTest(output)
{
    [PluginFact("bridge", "host-local", "macvlan", "tuning", "static")]
    public async Task Edge_289_a_chain_without_a_name_gives_each_pod_exactly_the_address_that_it_asks_for()
    {
        Node.Ip("link", "add", "uplink", "type", "veth", "peer", "name", "uplink-peer");
        Node.Ip("link", "set", "dev", "uplink", "up");
        Node.Ip("link", "set", "dev", "uplink-peer", "up");
        Node.Manifests.Network(
            "macvlan1",
            """
            {"cniVersion":"0.3.1","plugins":[{"type":"macvlan","capabilities":{"ips":true},"master":"uplink","mode":"bridge","ipam":{"type":"static"}},{"type":"tuning"}]}
            """
        );
        var first = Node.Pod("""[{"name":"macvlan1","ips":["10.1.1.11/24"]}]""");
        var second = Node.Pod("""[{"name":"macvlan1","ips":["10.1.1.12/24"]}]""");
        await Node.StartDaemon();

        (await Node.Add(first)).Succeeded();
        (await Node.Add(second)).Succeeded();

        Assert.Equal(["10.1.1.11/24"], first.Addresses("net1"));
        Assert.Equal(["10.1.1.12/24"], second.Addresses("net1"));
        Assert.Equal("macvlan", first.Kind("net1"));
    }

    [PluginFact("bridge", "host-local")]
    public async Task Edge_290_a_pod_without_annotations_has_its_default_network_and_no_other()
    {
        var pod = Node.Pod();
        await Node.StartDaemon();

        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0"], pod.Links());
    }
}
