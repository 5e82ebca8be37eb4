using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

/// <summary>Which networks run together when nobody has said. The cluster network is number 0 of each.</summary>
public class AutoWavesTests
{
    [Fact]
    public void Bridges_with_subnets_of_their_own_run_together_after_the_cluster_network() =>
        Assert.Equal("0|12345678", Waves([.. Enumerable.Range(1, 8).Select(n => Bridge(n))]));

    [Theory]
    [InlineData("""{"type":"bridge","bridge":"br9"}""")]
    [InlineData("""{"type":"bridge"}""")]
    [InlineData(
        """{"type":"macvlan","master":"ens1","ipam":{"type":"static","addresses":[{"address":"10.9.0.2/24"}]}}"""
    )]
    [InlineData("""{"type":"ipvlan","MASTER":"ens1","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}}""")]
    [InlineData(
        """{"type":"ptp","ipam":{"type":"host-local","subnet":"10.9.0.0/24","routes":[{"dst":"172.9.0.0/16"}]}}"""
    )]
    [InlineData("""{"type":"host-device","device":"ens9"}""")]
    [InlineData("""{"type":"sriov","deviceID":"0000:03:02.1","vlan":7}""")]
    [InlineData("""{"type":"ib-sriov","deviceID":"0000:03:02.1"}""")]
    [InlineData("""{"type":"vlan","master":"ens1","vlanId":7}""")]
    [InlineData("""{"type":"tap"}""")]
    [InlineData("""{"type":"dummy"}""")]
    [InlineData("""{"type":"loopback"}""")]
    [InlineData(
        """{"plugins":[{"type":"bridge","bridge":"br9"},{"type":"portmap","capabilities":{"portMappings":true}},{"type":"bandwidth","ingressRate":1000,"ingressBurst":1000}]}"""
    )]
    public void Networks_of_plugins_that_are_known_to_touch_nothing_else_run_together(string network) =>
        Assert.Equal("0|12", Waves(Bridge(1), network));

    [Theory]
    [InlineData("""{"type":"calico"}""")]
    [InlineData("""{"type":"ovs","bridge":"br9"}""")]
    [InlineData("""{"type":"bond","links":[{"name":"ens5"}]}""")]
    [InlineData("""{"type":"vrf","vrfname":"red"}""")]
    [InlineData("""{"plugins":[{"type":"bridge","bridge":"br9"},{"type":"sbr"}]}""")]
    [InlineData(
        """{"plugins":[{"type":"bridge","bridge":"br9"},{"type":"tuning","sysctl":{"net.ipv4.conf.IFNAME.rp_filter":"2"}}]}"""
    )]
    [InlineData("""{"plugins":[{"type":"bridge","bridge":"br9"},{"type":"vrf","vrfname":"red"}]}""")]
    [InlineData("""{"plugins":[{"type":"bridge","bridge":"br9"},{"type":"macvlan","master":"ens1"}]}""")]
    [InlineData("""{"plugins":[{"type":"portmap"},{"type":"bridge","bridge":"br9"}]}""")]
    [InlineData("""{"type":"bridge","bridge":"br9","ipam":{"type":"whereabouts","range":"10.9.0.0/24"}}""")]
    [InlineData("""{"type":"macvlan","master":"ens1","ipam":{"type":"dhcp"}}""")]
    [InlineData("""{"type":"macvlan","ipam":{"type":"static"}}""")]
    [InlineData("""{"type":"macvlan","master":"","linkInContainer":false}""")]
    [InlineData("""{"type":"macvlan","master":"eth0","linkInContainer":true}""")]
    public void Everything_else_waits_its_turn_and_all_behind_it_wait_for_it(string network) =>
        Assert.Equal("0|12|3|45", Waves(Bridge(1), Bridge(2), network, Bridge(4), Bridge(5)));

    [Theory]
    [InlineData("""{"type":"macvlan","master":"ens1"}""", """{"type":"macvlan","master":"ens1"}""", "a parent")]
    [InlineData(
        """{"type":"macvlan","master":"ens1"}""",
        """{"type":"host-device","device":"ens1"}""",
        "a parent and a device"
    )]
    [InlineData(
        """{"type":"macvlan","master":"br1"}""",
        """{"type":"bridge","bridge":"br1"}""",
        "a parent and a bridge"
    )]
    [InlineData("""{"type":"bridge","bridge":"br1"}""", """{"type":"bridge","BRIDGE":"br1"}""", "a bridge")]
    [InlineData("""{"type":"bridge"}""", """{"type":"bridge","bridge":"cni0"}""", "the bridge of those that name none")]
    [InlineData(
        """{"type":"host-device","hwaddr":"aa:bb:cc:00:00:01"}""",
        """{"type":"host-device","hwaddr":"AA:BB:CC:00:00:01"}""",
        "a device by its address"
    )]
    [InlineData(
        """{"type":"sriov","deviceID":"0000:03:02.1"}""",
        """{"type":"host-device","pciBusID":"0000:03:02.1"}""",
        "a device by its bus"
    )]
    [InlineData("""{"type":"loopback"}""", """{"type":"loopback"}""", "lo")]
    [InlineData(
        """{"type":"ptp","ipam":{"type":"host-local","subnet":"10.1.0.0/24","routes":[{"dst":"172.1.0.0/16","table":100}]}}""",
        """{"type":"ptp","ipam":{"type":"host-local","subnet":"10.2.0.0/24","routes":[{"dst":"172.2.0.0/16","table":100}]}}""",
        "a table"
    )]
    [InlineData(
        """{"name":"same","type":"bridge","bridge":"br1"}""",
        """{"name":"same","type":"bridge","bridge":"br2"}""",
        "a network"
    )]
    public void What_shares_a_name_does_not_run_together(string one, string other, string what)
    {
        Assert.True(Waves(one, other) == "0|1|2", what);
        Assert.True(Waves(other, one) == "0|1|2", what);
    }

    [Theory]
    [InlineData("10.1.0.0/24", "172.20.0.0/16", "10.2.0.0/24", "172.20.0.0/16")]
    [InlineData("10.1.0.0/24", "172.20.0.0/16", "10.2.0.0/24", "172.20.7.0/24")]
    [InlineData("10.1.0.0/24", "172.1.0.0/16", "10.1.0.0/16", "172.2.0.0/16")]
    [InlineData("10.1.0.0/24", "10.2.0.0/16", "10.2.0.0/24", "172.2.0.0/16")]
    [InlineData("10.1.0.0/24", "0.0.0.0/0", "10.2.0.0/24", "0.0.0.0/0")]
    [InlineData("10.1.0.0/24", "0.0.0.0/0", "10.2.0.0/24", "172.2.0.0/16")]
    [InlineData("fd01::/64", "::/0", "fd02::/64", "0::0/0")]
    [InlineData("fd01::/64", "fdee:0::/48", "fd02::/64", "fdee::/48")]
    public void Networks_with_a_route_or_a_subnet_in_common_run_one_after_the_other(
        string subnet,
        string route,
        string otherSubnet,
        string otherRoute
    )
    {
        var one =
            $$$"""{"type":"ptp","ipam":{"type":"host-local","ranges":[[{"subnet":"{{{subnet}}}"}]],"routes":[{"dst":"{{{route}}}"}]}}""";
        var other =
            $$$"""{"type":"ptp","IPAM":{"type":"host-local","Ranges":[[{"subnet":"{{{otherSubnet}}}"}]],"routes":[{"dst":"{{{otherRoute}}}"}]}}""";

        Assert.Equal("0|1|2", Waves(one, other));
        Assert.Equal("0|1|2", Waves(other, one));
    }

    [Fact]
    public void A_default_route_of_one_family_is_of_no_concern_to_a_network_without_addresses_of_it()
    {
        var ipv6 = """{"type":"ptp","ipam":{"type":"host-local","subnet":"fd02::/64","routes":[{"dst":"::/0"}]}}""";

        Assert.Equal("0|1|23", Waves(Gateway(1), Bridge(2), ipv6));
    }

    [Fact]
    public void A_bridge_that_is_the_default_gateway_has_a_default_route_in_each_family() =>
        Assert.Equal("0|1|2", Waves(Gateway(1), Bridge(2)));

    [Fact]
    public void The_same_name_server_is_no_route() =>
        Assert.Equal(
            "0|12",
            Waves(
                """{"type":"bridge","bridge":"br1","dns":{"nameservers":["10.96.0.10"]}}""",
                """{"type":"bridge","bridge":"br2","dns":{"nameservers":["10.96.0.10"]}}"""
            )
        );

    [Theory]
    [InlineData("""{"type":"macvlan","master":"net2"}""", "0|1|2")]
    [InlineData("""{"type":"vlan","master":"net2.100"}""", "0|1|2")]
    [InlineData("""{"type":"bridge","bridge":"br1","args":{"cni":{"note":"beside net2, always"}}}""", "0|1|2")]
    [InlineData("""{"type":"bridge","bridge":"br1","args":{"cni":{"net2":1}}}""", "0|1|2")]
    [InlineData("""{"type":"bridge","bridge":"br1","note":"\u006eet2"}""", "0|1|2")]
    [InlineData("""{"type":"bridge","bridge":"net20","note":"subnet2"}""", "0|12")]
    public void A_network_that_names_the_other_s_interface_anywhere_does_not_run_beside_it(string network, string waves)
    {
        Assert.Equal(waves, Waves(network, Bridge(2)));
        Assert.Equal(
            waves,
            Waves(
                Bridge(1),
                network
                    .Replace("net2", "net1", StringComparison.Ordinal)
                    .Replace("et2", "et1", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void What_the_pod_asks_for_counts_as_what_is_configured()
    {
        var asks = new NetworkSelection("ns", "n", null, ["10.2.0.7/24"], null, null, null, null, null, null, null);

        Assert.Equal(
            "0|1|2",
            Waves(
                [L2(1), Bridge(2)],
                (
                    1,
                    planned =>
                        planned with
                        {
                            Selection = asks,
                            AddParameters = planned.AddParameters with { Args = [new("IP", "fd77::1/64,10.2.0.7/24")] },
                        }
                )
            )
        );
        Assert.Equal(
            "0|1|2",
            Waves(
                [L2(1), Bridge(2)],
                (1, planned => planned with { Selection = asks with { DefaultRoute = ["10.7.0.1"] } })
            )
        );
        Assert.Equal(
            "0|1|2",
            Waves([L2(1), Bridge(2)], (1, planned => planned with { Selection = asks with { DefaultRoute = [] } }))
        );
        Assert.Equal(
            "0|12",
            Waves([L2(1), Bridge(2)], (1, planned => planned with { Selection = asks with { Ips = [] } }))
        );
    }

    [Fact]
    public void Capabilities_count_where_a_plugin_takes_them()
    {
        const string taking = """{"plugins":[{"type":"bridge","bridge":"br1","capabilities":{"ips":true}}]}""";

        Assert.Equal("0|1|2", Waves([taking, Bridge(2)], (1, Offered("ips", """["10.2.0.7/24"]"""))));
        Assert.Equal("0|12", Waves([L2(1), Bridge(2)], (1, Offered("ips", """["10.2.0.7/24"]"""))));
    }

    [Fact]
    public void The_same_port_of_the_node_goes_to_the_networks_in_order()
    {
        string[] networks = [Ports(1), Ports(2)];
        const string mapped = """[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]""";

        Assert.Equal(
            "0|1|2",
            Waves(networks, (1, Offered("portMappings", mapped)), (2, Offered("portMappings", mapped)))
        );
        Assert.Equal(
            "0|12",
            Waves(
                networks,
                (1, Offered("portMappings", mapped)),
                (2, Offered("portMappings", mapped.Replace("8080", "8081", StringComparison.Ordinal)))
            )
        );

        static string Ports(int n) =>
            $$$"""{"plugins":[{"type":"bridge","bridge":"br{{{n}}}"},{"type":"portmap","capabilities":{"portMappings":true}}]}""";
    }

    [Fact]
    public void The_same_device_of_the_kubelet_is_shared() =>
        Assert.Equal(
            "0|1|2",
            Waves(
                ["""{"type":"tap"}""", """{"type":"tap"}"""],
                (1, planned => planned with { DeviceId = "d1" }),
                (2, planned => planned with { DeviceId = "d1" })
            )
        );

    [Fact]
    public void A_network_that_is_to_be_alone_is() =>
        Assert.Equal(
            "0|1|2|34",
            Waves([Bridge(1), Bridge(2), Bridge(3), Bridge(4)], (2, planned => planned with { RunsAlone = true }))
        );

    [Fact]
    public void A_wave_is_a_part_of_the_annotation_s_order_and_never_reaches_over_one_that_waits() =>
        Assert.Equal("0|12|34|5", Waves(L2(1), L2(2), L2(1), L2(4), """{"type":"calico"}"""));

    private static string Waves(params string[] networks) => Waves(networks, []);

    private static string Waves(
        string[] networks,
        params (int Index, Func<PlannedAttachment, PlannedAttachment> With)[] changes
    )
    {
        var planned = networks.Prepend("""{"type":"calico"}""").Select(Planned).ToArray();
        foreach (var (index, with) in changes)
            planned[index] = with(planned[index]);
        return string.Join('|', AttachWaves.Of([.. planned], AttachMode.Auto).Select(wave => string.Concat(wave)));
    }

    private static PlannedAttachment Planned(string configuration, int index)
    {
        var network = NetworkConfiguration
            .Parse(Encoding.UTF8.GetBytes(configuration))
            .WithDefaultName($"network-{(char)('a' + index)}");
        var args = ImmutableArray.Create(
            KeyValuePair.Create("IgnoreUnknown", "1"),
            KeyValuePair.Create("K8S_POD_NAME", "net1-net2")
        );
        var parameters = new AttachmentParameters(
            SandboxId.Parse("c1"),
            "/run/netns/x",
            index == 0 ? "eth0" : $"net{index}",
            args,
            [],
            []
        );
        return new PlannedAttachment(index, network.Name, index == 0, network, parameters, parameters, null);
    }

    private static Func<PlannedAttachment, PlannedAttachment> Offered(string capability, string json) =>
        planned =>
            planned with
            {
                Parameters = planned.Parameters with
                {
                    CapabilityArgs = [new(capability, JsonDocument.Parse(json).RootElement)],
                },
            };

    private static string L2(int n) => $$"""{"type":"bridge","bridge":"br{{n}}"}""";

    private static string Bridge(int n, string more = "") =>
        $$$"""{"type":"bridge","bridge":"br{{{n}}}","ipam":{"type":"host-local","ranges":[[{"subnet":"10.{{{n}}}.0.0/24"}]],"routes":[{"dst":"172.{{{n}}}.0.0/16"}]}{{{more}}}}""";

    private static string Gateway(int n) => Bridge(n, ",\"isDefaultGateway\":true");
}
