using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Attaching;

/// <summary>A pod that has its default route elsewhere, beside one that has not.</summary>
public abstract class DefaultRouteTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private const string IsGateway = ",\"isGateway\":true,\"isDefaultGateway\":true";

    [PluginFact("bridge", "host-local")]
    public async Task A_pods_default_route_is_where_it_asks_for_and_its_siblings_is_the_cluster_networks()
    {
        Node.Bridge("cni0");
        Node.Bridge("mynet0");
        Node.With(
            "clusterNetwork",
            Node.ClusterNetwork(Node.Networks.Bridge("cluster", "cni0", Node.ClusterSubnet, IsGateway))
        );
        Node.Manifests.Network(
            "bridge-conf",
            Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16", ",\"isGateway\":true")
        );
        var pod = Node.Pod("""[{"name":"bridge-conf","default-route":["10.10.0.1"]}]""");
        var sibling = Node.Pod("bridge-conf", "sibling");
        var before = Node.Remains(pod, sibling);
        await Node.Start();

        var result = (await Node.Add(pod)).Result();
        (await Node.Add(sibling)).Succeeded();

        Assert.Equal("default via 10.10.0.1 dev net1", pod.Ip("route", "show", "default").Trim());
        Assert.Equal("default via 10.244.0.1 dev eth0", sibling.Ip("route", "show", "default").Trim());
        Assert.False(
            result.TryGetProperty("routes", out _),
            "the result names a default route that the cluster network does not have"
        );
        Assert.False(Node.Status(pod)[0].TryGetProperty("gateway", out _), "so does the network-status");
        Assert.Equal("10.10.0.1", Node.Status(pod)[1].GetProperty("gateway")[0].GetString());
        Assert.Equal(0, pod.TryExec("ping", "-c", "1", "-w", "20", "10.244.0.1").ExitCode);

        Assert.Equal(result.GetRawText(), (await Node.Add(pod)).Result().GetRawText());
        (await Node.Check(pod)).Succeeded();
        (await Node.Check(sibling)).Succeeded();
        pod.Ip("route", "delete", "default");
        Assert.StartsWith(
            "route default (0.0.0.0/0) via 10.10.0.1 is gone",
            (await Node.Check(pod)).Error().Message,
            StringComparison.Ordinal
        );

        (await Node.Del(pod)).Succeeded();
        (await Node.Del(sibling)).Succeeded();
        Assert.Equal(before, Node.Remains(pod, sibling));
    }
}

public sealed class ThickDefaultRouteTests(ITestOutputHelper output) : DefaultRouteTests(output, Flavour.Thick);

public sealed class ThinDefaultRouteTests(ITestOutputHelper output) : DefaultRouteTests(output, Flavour.Thin);
