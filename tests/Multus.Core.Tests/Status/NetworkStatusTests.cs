using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Status;

namespace Multus.Core.Tests.Status;

public sealed class NetworkStatusTests
{
    [Fact]
    public void The_annotation_is_upstreams_byte_for_byte()
    {
        var entries = new[]
        {
            new NetworkStatusEntry(
                "blue",
                "eth0",
                ["10.9.0.2"],
                "aa:00:00:00:00:02",
                0,
                true,
                CniDns.None,
                null,
                ["10.9.0.1"]
            ),
            new NetworkStatusEntry("test/net1", "net1", [], null, 1400, false, CniDns.None, null, []),
        };

        const string expected = """
            [{
                "name": "blue",
                "interface": "eth0",
                "ips": [
                    "10.9.0.2"
                ],
                "mac": "aa:00:00:00:00:02",
                "default": true,
                "dns": {},
                "gateway": [
                    "10.9.0.1"
                ]
            },{
                "name": "test/net1",
                "interface": "net1",
                "mtu": 1400,
                "dns": {}
            }]
            """;
        Assert.Equal(expected, NetworkStatus.ToJson(entries));
    }

    [Fact]
    public void Dns_and_device_information_are_written_in_their_places_with_sensitive_characters_escaped()
    {
        var dns = new CniDns(["10.0.0.10"], "a<b>&c", ["s"], ["o"]);
        var entry = new NetworkStatusEntry(
            "ü",
            null,
            [],
            null,
            0,
            false,
            dns,
            Samples.Json("""{"type":"pci","version":"1.1.0"}"""),
            []
        );

        const string expected = """
            [{
                "name": "ü",
                "dns": {
                    "nameservers": [
                        "10.0.0.10"
                    ],
                    "domain": "a\u003cb\u003e\u0026c",
                    "search": [
                        "s"
                    ],
                    "options": [
                        "o"
                    ]
                },
                "device-info": {
                    "type": "pci",
                    "version": "1.1.0"
                }
            }]
            """;
        Assert.Equal(expected, NetworkStatus.ToJson([entry]));
    }

    [Fact]
    public void No_entries_are_an_empty_array() => Assert.Equal("[]", NetworkStatus.ToJson([]));

    [Fact]
    public void A_bridge_shows_its_interface_in_the_pod_only()
    {
        var entry = Assert.Single(
            Of(
                isMaster: true,
                """
                {"cniVersion":"1.0.0","interfaces":[{"name":"cni0","mac":"aa:00:00:00:00:01"},{"name":"veth1","mac":"aa:00:00:00:00:02"},
                {"name":"eth0","mac":"aa:00:00:00:00:03","mtu":1450,"sandbox":"/var/run/netns/n1"}],
                "ips":[{"address":"10.9.0.2/24","gateway":"10.9.0.1","interface":2}],"routes":[{"dst":"0.0.0.0/0","gw":"10.9.0.1"}]}
                """
            )
        );

        Assert.Equal(
            ("cluster", "eth0", "aa:00:00:00:00:03", true),
            (entry.Name, entry.Interface, entry.Mac, entry.IsDefault)
        );
        Assert.Equal(("10.9.0.2", "10.9.0.1"), (entry.Ips.Single(), entry.Gateways.Single()));
    }

    [Fact]
    public void The_mtu_is_shown()
    {
        var entry = Assert.Single(
            Of(isMaster: false, """{"cniVersion":"1.1.0","interfaces":[{"name":"net1","mtu":1450,"sandbox":"/n"}]}""")
        );

        Assert.Equal(("test/n", 1450, false), (entry.Name, entry.Mtu, entry.IsDefault));
    }

    [Theory]
    [InlineData("""{"cniVersion":"0.2.0","ip4":{"ip":"10.9.0.2/24"}}""")]
    [InlineData("""{"cniVersion":"0.3.1"}""")]
    [InlineData("""{"cniVersion":"1.0.0","ips":[{"address":"10.9.0.2/24"}]}""")]
    [InlineData(
        """{"cniVersion":"1.0.0","interfaces":[{"name":"a"},{"name":"b"}],"ips":[{"address":"10.9.0.2/24"}]}"""
    )]
    public void Edge_147_a_result_without_an_interface_in_the_pod_has_an_entry_under_the_planned_name(string result)
    {
        var addresses = result.Contains("10.9.0.2", StringComparison.Ordinal) ? "10.9.0.2" : "";

        Assert.Equal([$"eth0 {addresses} True"], Of(isMaster: true, result).Select(Line));
        Assert.Equal([$"net1 {addresses} False"], Of(isMaster: false, result).Select(Line));
    }

    [Fact]
    public void An_attachment_without_an_interface_shows_its_device()
    {
        var device = Samples.Json(
            """{"type":"vhost-user","version":"1.1.0","vhost-user":{"mode":"client","path":"/run/v.sock"}}"""
        );

        var entry = Assert.Single(
            NetworkStatus.From(Attachment(isMaster: false), CniResult.Empty(CniVersion.V100), device)
        );

        Assert.Equal(
            ("test/n", "net1", device.GetRawText()),
            (entry.Name, entry.Interface, entry.DeviceInfo?.GetRawText())
        );
    }

    [Fact]
    public void A_chain_that_makes_no_interface_by_design_has_no_entry()
    {
        var chain = Attachment(isMaster: false) with
        {
            Configuration = Samples.Network(
                """{"cniVersion":"1.0.0","name":"c","plugins":[{"type":"passthru"},{"type":"tuning"}]}"""
            ),
        };

        Assert.Empty(NetworkStatus.From(chain, CniResult.Empty(CniVersion.V100)));
    }

    [Fact]
    public void Edge_149_a_single_interface_of_the_host_gives_its_addresses_under_the_planned_name()
    {
        var entry = Assert.Single(
            Of(
                isMaster: true,
                """{"cniVersion":"0.4.0","interfaces":[{"name":"host0","mac":"aa:00:00:00:00:01"}],"ips":[{"version":"4","address":"10.9.0.2/24"}]}"""
            )
        );

        Assert.Equal(("eth0", null, 0, true), (entry.Interface, entry.Mac, entry.Mtu, entry.IsDefault));
        Assert.Equal("10.9.0.2", entry.Ips.Single());
    }

    [Fact]
    public void Edge_150_the_interface_of_the_first_address_with_a_gateway_is_the_default_one_and_addresses_without_an_index_go_to_the_last()
    {
        var entries = Of(
            isMaster: true,
            Three(
                """{"address":"10.1.0.2/24","interface":1},{"address":"10.2.0.2/24","gateway":"10.2.0.1","interface":2},{"address":"10.3.0.2/24"}"""
            )
        );

        Assert.Equal(["eth0 10.1.0.2 False", "eth1 10.2.0.2,10.3.0.2 True"], entries.Select(Line));
    }

    [Fact]
    public void Without_such_an_address_the_first_interface_in_the_pod_is_the_default_one() =>
        Assert.Equal(
            ["eth0 10.1.0.2 True", "eth1  False"],
            Of(isMaster: true, Three("""{"address":"10.1.0.2/24","interface":1}""")).Select(Line)
        );

    [Fact]
    public void Edge_151_when_it_belongs_to_the_host_none_is_and_its_address_is_not_the_pods() =>
        Assert.Equal(
            ["eth0  False", "eth1  False"],
            Of(isMaster: true, Three("""{"address":"10.1.0.2/24","gateway":"10.1.0.1","interface":0}""")).Select(Line)
        );

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_address_of_an_interface_that_is_not_there_is_left_out(int index) =>
        Assert.Equal(
            ["eth0  True", "eth1  False"],
            Of(isMaster: true, Three($$"""{"address":"10.1.0.2/24","interface":{{index}}}""")).Select(Line)
        );

    [Fact]
    public void Only_the_master_can_be_the_default_one() =>
        Assert.All(
            Of(isMaster: false, Three("""{"address":"10.2.0.2/24","gateway":"10.2.0.1","interface":2}""")),
            e => Assert.False(e.IsDefault)
        );

    [Theory]
    [InlineData("""{"dst":"0.0.0.0/0","gw":"10.9.0.1"},{"dst":"::/0","gw":"fd00::1"}""", "10.9.0.1 fd00::1")]
    [InlineData("""{"dst":"0.0.0.0/1","gw":"10.9.0.1"},{"dst":"10.0.0.0/8","gw":"10.9.0.2"}""", "")]
    [InlineData("""{"dst":"0.0.0.0/0"},{"dst":"0:0::0/0","gw":"fd00::1"}""", "fd00::1")]
    public void Gateways_are_those_of_the_default_routes(string routes, string expected)
    {
        var entry = Assert.Single(
            Of(
                isMaster: true,
                $$"""{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/n"}],"routes":[{{routes}}]}"""
            )
        );

        Assert.Equal(expected, string.Join(' ', entry.Gateways));
    }

    [Fact]
    public void Edge_148_a_result_of_a_version_that_nobody_knows_is_an_error() =>
        Assert.Throws<CniException>(() =>
            NetworkStatus.From(Attachment(isMaster: true), CniResult.Empty(new CniVersion(1, 2, 3)))
        );

    private static string Three(string ips) =>
        $$"""
            {"cniVersion":"1.0.0","interfaces":[{"name":"host0"},{"name":"eth0","sandbox":"/n"},{"name":"eth1","sandbox":"/n"}],"ips":[{{ips}}]}
            """;

    private static string Line(NetworkStatusEntry e) => $"{e.Interface} {string.Join(',', e.Ips)} {e.IsDefault}";

    private static PlannedAttachment Attachment(bool isMaster) =>
        Samples.Plan(Samples.Request(), Samples.Pod("n"), Samples.Nad("test", "n", Samples.BridgeConf)).Attachments[
            isMaster ? 0 : 1
        ];

    private static System.Collections.Immutable.ImmutableArray<NetworkStatusEntry> Of(bool isMaster, string result) =>
        NetworkStatus.From(Attachment(isMaster), CniResult.Parse(Samples.Bytes(result), CniVersion.V100));
}
