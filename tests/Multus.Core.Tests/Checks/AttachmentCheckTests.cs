using System.Collections.Immutable;
using System.Net;
using System.Text;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Checks;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Tests.Checks;

/// <summary>One network, a, as net1; what its plugins said against what is there.</summary>
public class AttachmentCheckTests
{
    private const string NetNs = "/var/run/netns/n1";
    private const string Net1 = $$"""[{"name":"host0"},{"name":"net1","sandbox":"{{NetNs}}"}]""";

    [Theory]
    [InlineData("""{"interfaces":[{"name":"net1","sandbox":"/var/run/netns/n1"}]}""", "interface net1")]
    [InlineData("""{"interfaces":[{"name":"net1","sandbox":"/proc/7/ns/net"}]}""", "interface net1")] // told of its name, if not of its namespace
    [InlineData(
        """{"interfaces":[{"name":"eth0","sandbox":"/var/run/netns/n1"},{"name":"tap0","sandbox":"/var/run/netns/n1"}]}""",
        "interface tap0"
    )]
    [InlineData("""{"interfaces":[{"name":"veth0"}],"ips":[{"address":"10.0.1.7/24","interface":0}]}""", null)] // all on the host
    [InlineData("""{"interfaces":[{"name":"tap0","sandbox":"/run/vm/ns"}]}""", null)] // in a namespace within
    [InlineData(
        """{"interfaces":[{"name":"net1","sandbox":"/var/run/netns/n1","socketPath":"/run/vhost"}],"ips":[{"address":"10.0.1.7/24","interface":0}]}""",
        null
    )]
    [InlineData(
        """{"interfaces":[{"name":"net1","sandbox":"/var/run/netns/n1","pciID":"0000:03:02.0"}],"ips":[{"address":"10.0.1.7/24","interface":0}],"routes":[{"dst":"0.0.0.0/0"}]}""",
        null
    )]
    [InlineData("""{"ips":[{"address":"10.0.1.7/24"}]}""", null)]
    [InlineData("{}", null)]
    public void An_interface_that_was_a_link_for_certain_must_be_there(string result, string? missing) =>
        Assert.Equal(missing, Find(result, Nothing("lo", "eth0")));

    [Theory]
    [InlineData("10.0.1.7/24", "10.0.1.7 net1", null)]
    [InlineData("10.0.1.7/24", "", "address 10.0.1.7/24 of interface net1")]
    [InlineData("10.0.1.7/24", "10.0.1.8 net1", "address 10.0.1.7/24 of interface net1")]
    [InlineData("10.0.1.7/24", "10.0.1.7 eth0", "address 10.0.1.7/24 of interface net1")]
    [InlineData("fd01:0:0::7/64", "fd01::7 net1", null)]
    [InlineData("FD01::AB/64", "fd01::ab net1", null)]
    public void An_address_must_be_on_its_interface(string address, string there, string? missing) =>
        Assert.Equal(
            missing,
            Find(
                $$"""{"interfaces":{{Net1}},"ips":[{"address":"{{address}}","interface":1}]}""",
                Nothing("net1", "eth0") with
                {
                    Addresses = Addresses(there),
                }
            )
        );

    [Theory]
    [InlineData("", "10.0.1.7 eth0", null)] // nothing says where
    [InlineData(",\"interface\":9", "10.0.1.7 eth0", null)]
    [InlineData(",\"interface\":0", "", null)] // the host's
    [InlineData("", "", "address 10.0.1.7/24")]
    public void An_address_without_an_interface_of_the_pod_may_be_anywhere(
        string index,
        string there,
        string? missing
    ) =>
        Assert.Equal(
            missing,
            Find(
                $$"""{"interfaces":{{Net1}},"ips":[{"address":"10.0.1.7/24"{{index}}}]}""",
                Nothing("net1", "eth0") with
                {
                    Addresses = Addresses(there),
                }
            )
        );

    [Theory]
    [InlineData("10.5.0.0/16", "10.0.1.1", "10.5.0.0/16 via 10.0.1.1 net1", null)]
    [InlineData("10.5.9.9/16", "10.0.1.1", "10.5.0.0/16 via 10.0.1.1 net1", null)] // the kernel masks
    [InlineData("10.5.128.0/17", "10.0.1.1", "10.5.128.0/17 via 10.0.1.1 net1", null)]
    [InlineData("FD05:0::/48", "FD01:0::1", "fd05::/48 via fd01::1 net1", null)]
    [InlineData("::0/0", "fd01::1", "::/0 via fd01::1 net1", null)]
    [InlineData("10.5.0.0/16", "10.0.1.1", "10.5.0.0/16 via 10.0.1.1 net1 100", null)] // moved by a plugin of the chain
    [InlineData("10.5.0.0/16", "10.0.1.1", "", "route 10.5.0.0/16 via 10.0.1.1")]
    [InlineData("10.5.0.0/16", "10.0.1.1", "10.5.0.0/17 via 10.0.1.1 net1", "route 10.5.0.0/16 via 10.0.1.1")]
    [InlineData("10.5.0.0/16", "10.0.1.1", "10.5.0.0/16 via 10.0.1.2 net1", "route 10.5.0.0/16 via 10.0.1.1")]
    [InlineData("0.0.0.0/0", "10.0.1.1", "0.0.0.0/0 via 10.0.0.1 eth0", "route default (0.0.0.0/0) via 10.0.1.1")]
    [InlineData("0.0.0.0/0", null, "0.0.0.0/0 via 10.0.1.1 net1", null)] // the address's gateway
    [InlineData("0.0.0.0/0", null, "0.0.0.0/0 net1", null)]
    [InlineData("0.0.0.0/0", null, "0.0.0.0/0 via 10.0.1.9 net1", "route default (0.0.0.0/0)")]
    [InlineData("0.0.0.0/0", null, "0.0.0.0/0 eth0", "route default (0.0.0.0/0)")]
    [InlineData("::/0", null, "::/0 via fd01::9 net1", null)] // no address of the family has a gateway: any will do
    [InlineData("10.5.0.0/16", "0.0.0.0", "10.5.0.0/16 net1", null)] // no gateway, in some plugins' words
    public void A_route_must_lead_where_it_did(string dst, string? gw, string there, string? missing)
    {
        var route = gw is null ? $$"""{"dst":"{{dst}}"}""" : $$"""{"dst":"{{dst}}","gw":"{{gw}}"}""";
        var result =
            $$"""{"interfaces":{{Net1}},"ips":[{"address":"10.0.1.7/24","gateway":"10.0.1.1","interface":1}],"routes":[{{route}}]}""";

        Assert.Equal(
            missing,
            Find(
                result,
                Nothing("net1", "eth0") with
                {
                    Addresses = Addresses("10.0.1.7 net1"),
                    Routes = Routes(there),
                }
            )
        );
    }

    [Theory]
    [InlineData("10.5.0.0/16 via 10.0.1.1 net1 100", null)]
    [InlineData("10.5.0.0/16 via 10.0.1.1 net1", "route 10.5.0.0/16 via 10.0.1.1 in table 100")]
    public void A_route_with_a_table_must_be_in_it(string there, string? missing) =>
        Assert.Equal(
            missing,
            Find(
                $$"""{"interfaces":{{Net1}},"routes":[{"dst":"10.5.0.0/16","gw":"10.0.1.1","table":100}]}""",
                Nothing("net1") with
                {
                    Routes = Routes(there),
                }
            )
        );

    [Fact]
    public void Default_routes_that_may_never_have_been_are_not_missed()
    {
        var plan = Samples.Plan(Samples.Request(), Samples.Pod("a"), Samples.Nad("test", "a", Samples.BridgeConf));
        var result = CniResult.Parse(
            Encoding.UTF8.GetBytes(
                $$"""{"interfaces":{{Net1}},"routes":[{"dst":"0.0.0.0/0","gw":"10.0.1.1"},{"dst":"::0/0","gw":"fd01::1"},{"dst":"10.5.0.0/16"}]}"""
            ),
            CniVersion.V100
        );

        Assert.Equal(
            "route 10.5.0.0/16",
            AttachmentCheck.FindMissing(plan.Attachments[1], result, Nothing("net1"), hasTrueDefaultRoutes: false)
        );
    }

    [Fact]
    public void One_hop_of_several_is_enough() =>
        Assert.Null(
            Find(
                $$"""{"interfaces":{{Net1}},"routes":[{"dst":"::/0","gw":"fd01::1"}]}""",
                Nothing("net1") with
                {
                    Routes =
                    [
                        new ObservedRoute(
                            IPAddress.IPv6Any,
                            0,
                            254,
                            true,
                            [new("eth0", IPAddress.Parse("fd00::1")), new("net1", IPAddress.Parse("fd01::1"))]
                        ),
                    ],
                }
            )
        );

    [Theory]
    [InlineData("10.0.1.7 net1", "10.5.0.0/16 via 10.0.1.1 net1", null)]
    [InlineData("", "10.5.0.0/16 via 10.0.1.1 net1", "address 10.0.1.7/24")]
    [InlineData("10.0.1.7 net1", "", "route 10.5.0.0/16")]
    public void Results_of_old_versions_are_about_the_interface_that_was_asked_for(
        string addresses,
        string routes,
        string? missing
    ) =>
        Assert.Equal(
            missing,
            Find(
                """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.1.7/24","gateway":"10.0.1.1","routes":[{"dst":"10.5.0.0/16"}]}}""",
                Nothing("net1") with
                {
                    Addresses = Addresses(addresses),
                    Routes = Routes(routes),
                }
            )
        );

    private static string? Find(string result, ObservedNamespace found)
    {
        var plan = Samples.Plan(Samples.Request(), Samples.Pod("a"), Samples.Nad("test", "a", Samples.BridgeConf));
        return AttachmentCheck.FindMissing(
            plan.Attachments[1],
            CniResult.Parse(Encoding.UTF8.GetBytes(result), CniVersion.V100),
            found
        );
    }

    private static ObservedNamespace Nothing(params string[] links) => new([.. links], [], []);

    private static ImmutableArray<ObservedAddress> Addresses(string text) =>
        [
            .. text.Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(one => one.Split(' '))
                .Select(parts => new ObservedAddress(parts[1], IPAddress.Parse(parts[0]))),
        ];

    /// <summary>"10.5.0.0/16 via 10.0.1.1 net1 100": the table, main when not said, comes last.</summary>
    private static ImmutableArray<ObservedRoute> Routes(string text)
    {
        if (text.Length == 0)
            return [];
        var parts = text.Split(' ');
        var dst = IPNetwork.Parse(parts[0]);
        var table = uint.TryParse(parts[^1], out var said) ? said : 254;
        var hop =
            parts[1] == "via" ? new ObservedHop(parts[3], IPAddress.Parse(parts[2])) : new ObservedHop(parts[1], null);
        return
        [
            new ObservedRoute(dst.BaseAddress, dst.PrefixLength, table, dst.PrefixLength == 0 && table == 254, [hop]),
        ];
    }
}
