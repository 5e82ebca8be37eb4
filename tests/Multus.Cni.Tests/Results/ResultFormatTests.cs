using Multus.Cni.Results;

namespace Multus.Cni.Tests.Results;

/// <summary>Bytes in, bytes out, for each of the three schemas.</summary>
public sealed class ResultFormatTests
{
    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.2.0")]
    public void Old_results_have_one_address_of_each_kind(string version)
    {
        var json = $$$"""
            {"cniVersion":"{{{version}}}","ip4":{"ip":"10.0.0.5/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":1400},{"dst":"10.1.0.0/16"}]},"ip6":{"ip":"fd00::5/64"},"dns":{"nameservers":["10.0.0.2"],"domain":"d","search":["s"],"options":["o"]}}
            """;

        var result = Parse(json);

        Assert.Equal(
            [new CniIp("10.0.0.5/24", "10.0.0.1", Family: "4"), new CniIp("fd00::5/64", Family: "6")],
            result.Ips.AsEnumerable()
        );
        Assert.Equal(
            [new CniRoute("0.0.0.0/0", "10.0.0.1", Mtu: 1400), new CniRoute("10.1.0.0/16")],
            result.Routes.AsEnumerable()
        );
        Assert.Equal(json, Text(result));
    }

    [Theory]
    [InlineData("0.3.0")]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public void Middle_results_have_lists_and_say_the_ip_version(string version)
    {
        var json = $$$"""
            {"cniVersion":"{{{version}}}","interfaces":[{"name":"br0"},{"name":"eth0","mac":"aa:bb:cc:dd:ee:ff","sandbox":"/ns"}],"ips":[{"version":"4","interface":0,"address":"10.0.0.5/24","gateway":"10.0.0.1"},{"version":"6","address":"fd00::5/64"}],"routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":1,"advmss":2,"priority":3,"table":0,"scope":0}],"dns":{}}
            """;

        var result = Parse(json);

        Assert.Equal(
            [new CniInterface("br0"), new CniInterface("eth0", "aa:bb:cc:dd:ee:ff", "/ns")],
            result.Interfaces.AsEnumerable()
        );
        Assert.Equal(
            [new CniIp("10.0.0.5/24", "10.0.0.1", 0, "4"), new CniIp("fd00::5/64", Family: "6")],
            result.Ips.AsEnumerable()
        );
        Assert.Equal([new CniRoute("0.0.0.0/0", "10.0.0.1", 1, 2, 3, 0, 0)], result.Routes.AsEnumerable());
        Assert.Equal(json, Text(result));
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public void New_results_are_sorted_and_say_more_of_interfaces(string version)
    {
        var json = $$$"""
            {"cniVersion":"{{{version}}}","dns":{"domain":"d","nameservers":["n"],"options":["o"],"search":["s"]},"interfaces":[{"mac":"m","mtu":1500,"name":"eth0","pciID":"0000:00:01.0","sandbox":"/ns","socketPath":"/s"}],"ips":[{"address":"10.0.0.5/24","gateway":"10.0.0.1","interface":0},{"address":"fd00::5/64"}],"routes":[{"advmss":2,"dst":"::/0","gw":"fd00::1","mtu":1,"priority":4294967295,"scope":253,"table":4294967295}]}
            """;

        var result = Parse(json);

        Assert.Equal(
            [new CniInterface("eth0", "m", "/ns", 1500, "/s", "0000:00:01.0")],
            result.Interfaces.AsEnumerable()
        );
        Assert.Equal([new CniIp("10.0.0.5/24", "10.0.0.1", 0), new CniIp("fd00::5/64")], result.Ips.AsEnumerable());
        Assert.Equal(
            [new CniRoute("::/0", "fd00::1", 1, 2, 4294967295, 4294967295, 253)],
            result.Routes.AsEnumerable()
        );
        Assert.Equal(json, Text(result));
    }

    [Theory]
    [InlineData("0.2.0", """{"cniVersion":"0.2.0","dns":{}}""")]
    [InlineData("0.3.1", """{"cniVersion":"0.3.1","dns":{}}""")]
    [InlineData("1.1.0", """{"cniVersion":"1.1.0"}""")]
    public void An_empty_result_is_written_with_little(string version, string expected)
    {
        var result = CniResult.Empty(CniVersion.Parse(version));

        Assert.True(result.IsEmpty);
        Assert.Equal(expected, Text(result));
    }

    [Fact]
    public void Printed_results_are_indented_by_four_spaces_without_a_newline_at_the_end() =>
        Assert.Equal(
            "{\n    \"cniVersion\": \"0.4.0\",\n    \"interfaces\": [\n        {\n            \"name\": \"eth0\"\n        }\n    ],\n    \"dns\": {}\n}",
            Json.Text(Parse("""{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}]}""").ToJson(indented: true))
        );

    [Theory]
    [InlineData("{}", "0.3.1", "0.3.1")]
    [InlineData("null", "0.4.0", "0.4.0")]
    [InlineData("""{"cniVersion":""}""", "1.0.0", "1.0.0")]
    [InlineData("""{"cniVersion":null}""", "1.0.0", "1.0.0")]
    [InlineData("""{"cniVersion":5}""", "1.0.0", "1.0.0")]
    [InlineData("""{"CNIVersion":"0.2.0"}""", "1.0.0", "1.0.0")]
    [InlineData("""{"cniVersion":"0.2.0"}""", "1.0.0", "0.2.0")]
    public void Edge_276_a_result_that_says_no_version_has_that_of_the_configuration(
        string json,
        string fallback,
        string expected
    ) => Assert.Equal(expected, CniResult.Parse(Json.Bytes(json), CniVersion.Parse(fallback)).Version.ToString());

    [Fact]
    public void Members_in_another_case_and_unknown_ones_are_taken_as_upstream_takes_them()
    {
        var result = Parse(
            """{"cniVersion":"1.0.0","IPS":[{"Address":"10.0.0.5/24","own":1}],"own":{},"routes":null,"dns":null}"""
        );

        Assert.Equal("""{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""", Text(result));
    }

    [Fact]
    public void A_missing_ip_version_is_put_right_where_the_schema_wants_it() =>
        Assert.Equal(
            """{"cniVersion":"0.3.1","ips":[{"version":"6","address":"fd00::5/64"}],"dns":{}}""",
            Text(Parse("""{"cniVersion":"0.3.1","ips":[{"address":"fd00::5/64"}]}"""))
        );

    [Fact]
    public void The_host_part_of_an_address_stays() =>
        Assert.Equal(
            "192.168.1.77/16",
            Assert.Single(Parse("""{"cniVersion":"1.0.0","ips":[{"address":"192.168.1.77/16"}]}""").Ips).Address
        );

    [Theory]
    [InlineData("", "failed to unmarshal raw result: unexpected end of JSON input")]
    [InlineData("[]", "failed to unmarshal raw result: the result must be an object, found an array")]
    [InlineData("\"x\"", "failed to unmarshal raw result: the result must be an object, found the string \"x\"")]
    [InlineData("""{"cniVersion":"1.2.3"}""", "unsupported CNI result version \"1.2.3\"")]
    [InlineData("""{"cniVersion":"0.4567.0"}""", "unsupported CNI result version \"0.4567.0\"")]
    [InlineData("""{"cniVersion":"1.0"}""", "unsupported CNI result version \"1.0\"")]
    [InlineData("""{"cniVersion":"new"}""", "unsupported CNI result version \"new\"")]
    [InlineData("""{"ips":{}}""", "failed to unmarshal raw result: ips must be an array, found an object")]
    [InlineData("""{"ips":[null]}""", "failed to unmarshal raw result: ips[0] must be an object, found null")]
    [InlineData(
        """{"ips":[{}]}""",
        "failed to unmarshal raw result: ips[0].address must be an address with a prefix length, found nothing"
    )]
    [InlineData(
        """{"ips":[{"address":"10.0.0.5"}]}""",
        "failed to unmarshal raw result: ips[0].address must be an address with a prefix length, found \"10.0.0.5\""
    )]
    [InlineData(
        """{"ips":[{"address":"10.0.0.5/24","gateway":"x"}]}""",
        "failed to unmarshal raw result: ips[0].gateway must be an IP address, found \"x\""
    )]
    [InlineData(
        """{"ips":[{"address":"10.0.0.5/24","interface":"0"}]}""",
        "failed to unmarshal raw result: ips[0].interface must be an integer, found the string \"0\""
    )]
    [InlineData(
        """{"routes":[{"dst":"10.0.0.0/8"},{"gw":"10.0.0.1"}]}""",
        "failed to unmarshal raw result: routes[1].dst must be an address with a prefix length, found nothing"
    )]
    [InlineData(
        """{"routes":[{"dst":"10.0.0.0/8","mtu":1.5}]}""",
        "failed to unmarshal raw result: routes[0].mtu must be an integer, found 1.5"
    )]
    [InlineData(
        """{"routes":[{"dst":"10.0.0.0/8","mtu":4294967296}]}""",
        "failed to unmarshal raw result: routes[0].mtu is 4294967296, which is no 32-bit integer"
    )]
    [InlineData(
        """{"interfaces":[{"name":1}]}""",
        "failed to unmarshal raw result: interfaces[0].name must be a string, found 1"
    )]
    [InlineData(
        """{"dns":{"nameservers":"x"}}""",
        "failed to unmarshal raw result: dns.nameservers must be an array, found the string \"x\""
    )]
    [InlineData(
        """{"cniVersion":"0.2.0","ip4":{"gateway":"10.0.0.1"}}""",
        "failed to unmarshal raw result: ip4.ip must be an address with a prefix length, found nothing"
    )]
    public void What_is_no_result_is_refused_with_its_place(string json, string expected)
    {
        var refused = Assert.Throws<CniException>(() => CniResult.Parse(Json.Bytes(json), CniVersion.V110));

        Assert.Equal(new CniError(CniErrorCode.Decode, expected), refused.Error);
    }

    [Fact]
    public void Garbage_is_refused_in_one_line()
    {
        var refused = Assert.Throws<CniException>(() =>
            CniResult.Parse(Json.Bytes("usage: bridge\n  -h\n"), CniVersion.V110)
        );

        Assert.Equal(CniErrorCode.Decode, refused.Error.Code);
        Assert.StartsWith("failed to unmarshal raw result: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static CniResult Parse(string json) => CniResult.Parse(Json.Bytes(json), CniVersion.V010);

    private static string Text(CniResult result) => Json.Text(result.ToJson());
}
