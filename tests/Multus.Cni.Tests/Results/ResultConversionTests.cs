using Multus.Cni.Results;

namespace Multus.Cni.Tests.Results;

/// <summary>What cni-runtime.md §8.3 says gets lost, and that nothing else does.</summary>
public sealed class ResultConversionTests
{
    private const string Rich = """
        {"cniVersion":"1.1.0","dns":{"nameservers":["n"]},"interfaces":[{"mac":"m","mtu":1500,"name":"eth0","pciID":"p","sandbox":"/ns","socketPath":"/s"}],"ips":[{"address":"fd00::5/64","interface":0},{"address":"10.0.0.5/24","gateway":"10.0.0.1","interface":0},{"address":"10.0.0.6/24"}],"routes":[{"dst":"::/0","gw":"fd00::1"},{"advmss":2,"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":1,"priority":3,"scope":0,"table":5},{"dst":"10.9.0.0/16"}]}
        """;

    [Theory]
    [InlineData("0.3.0")]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public void New_to_middle_adds_the_ip_version_and_loses_what_is_new_of_interfaces(string target) =>
        Converts(
            Rich,
            target,
            $$$"""
            {"cniVersion":"{{{target}}}","interfaces":[{"name":"eth0","mac":"m","sandbox":"/ns"}],"ips":[{"version":"6","interface":0,"address":"fd00::5/64"},{"version":"4","interface":0,"address":"10.0.0.5/24","gateway":"10.0.0.1"},{"version":"4","address":"10.0.0.6/24"}],"routes":[{"dst":"::/0","gw":"fd00::1"},{"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":1,"advmss":2,"priority":3,"table":5,"scope":0},{"dst":"10.9.0.0/16"}],"dns":{"nameservers":["n"]}}
            """
        );

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.2.0")]
    public void New_to_old_keeps_the_first_address_of_each_kind_and_bare_routes(string target) =>
        Converts(
            Rich,
            target,
            $$$"""
            {"cniVersion":"{{{target}}}","ip4":{"ip":"10.0.0.5/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1"},{"dst":"10.9.0.0/16"}]},"ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0","gw":"fd00::1"}]},"dns":{"nameservers":["n"]}}
            """
        );

    [Fact]
    public void Middle_to_new_drops_the_ip_version() =>
        Converts(
            """{"cniVersion":"0.3.1","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","interface":0,"address":"10.0.0.5/24"}],"dns":{}}""",
            "1.1.0",
            """{"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}],"ips":[{"address":"10.0.0.5/24","interface":0}]}"""
        );

    [Fact]
    public void Old_to_middle_puts_ipv4_first() =>
        Converts(
            """{"cniVersion":"0.2.0","ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0"}]},"ip4":{"ip":"10.0.0.5/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0"}]}}""",
            "0.3.1",
            """{"cniVersion":"0.3.1","ips":[{"version":"4","address":"10.0.0.5/24","gateway":"10.0.0.1"},{"version":"6","address":"fd00::5/64"}],"routes":[{"dst":"0.0.0.0/0"},{"dst":"::/0"}],"dns":{}}"""
        );

    [Fact]
    public void Old_to_new_goes_the_same_way() =>
        Converts(
            """{"cniVersion":"0.1.0","ip4":{"ip":"10.0.0.5/24","gateway":"10.0.0.1"},"dns":{}}""",
            "1.0.0",
            """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24","gateway":"10.0.0.1"}]}"""
        );

    [Fact]
    public void Routes_of_a_kind_that_has_no_address_are_lost() =>
        Converts(
            """{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.0.0.5/24"}],"routes":[{"dst":"::/0"},{"dst":"10.0.0.0/8"}],"dns":{}}""",
            "0.2.0",
            """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24","routes":[{"dst":"10.0.0.0/8"}]},"dns":{}}"""
        );

    [Fact]
    public void Of_two_addresses_of_one_kind_the_first_is_kept() =>
        Converts(
            """{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.0.0.5/24"},{"version":"4","address":"10.0.0.6/24"}]}""",
            "0.2.0",
            """{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"},"dns":{}}"""
        );

    [Fact]
    public void Ipv4_inside_ipv6_becomes_version_4() =>
        Converts(
            """{"cniVersion":"1.0.0","ips":[{"address":"::ffff:10.0.0.1/120"}]}""",
            "0.4.0",
            """{"cniVersion":"0.4.0","ips":[{"version":"4","address":"::ffff:10.0.0.1/120"}],"dns":{}}"""
        );

    [Theory]
    [InlineData("""{"cniVersion":"0.4.0"}""")]
    [InlineData("""{"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}]}""")]
    [InlineData("""{"cniVersion":"0.4.0","ips":[{"address":"10.0.0.5/24"}]}""")]
    [InlineData("""{"cniVersion":"0.4.0","ips":[{"version":"5","address":"10.0.0.5/24"}]}""")]
    public void Edge_281_without_an_address_that_says_its_kind_nothing_old_can_be_made(string json)
    {
        var result = CniResult.Parse(Json.Bytes(json), CniVersion.V010);

        var refused = Assert.Throws<CniException>(() => result.ConvertTo(CniVersion.V020));

        Assert.Equal(CniErrorCode.IncompatibleVersion, refused.Error.Code);
        Assert.StartsWith("cannot convert: no valid IP addresses", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_way_to_or_from_an_unknown_version()
    {
        var there = Assert.Throws<CniException>(() =>
            CniResult.Empty(CniVersion.V110).ConvertTo(new CniVersion(1, 2, 0))
        );
        var back = Assert.Throws<CniException>(() =>
            CniResult.Empty(new CniVersion(0, 5, 0)).ConvertTo(CniVersion.V040)
        );

        Assert.Equal(new CniError(1, "no converter for CNI result version 1.1.0 to 1.2.0"), there.Error);
        Assert.Equal(new CniError(1, "no converter for CNI result version 0.5.0 to 0.4.0"), back.Error);
    }

    [Fact]
    public void An_empty_result_goes_everywhere_but_to_the_old_ones()
    {
        foreach (var from in CniVersion.Supported)
        {
            foreach (var to in CniVersion.Supported)
            {
                if (to >= CniVersion.V030 || from < CniVersion.V030)
                    Assert.Equal(
                        Json.Text(CniResult.Empty(to).ToJson()),
                        Json.Text(CniResult.Empty(from).ConvertTo(to).ToJson())
                    );
            }
        }
    }

    private static void Converts(string from, string target, string expected) =>
        Assert.Equal(
            expected,
            Json.Text(CniResult.Parse(Json.Bytes(from), CniVersion.V010).ConvertTo(CniVersion.Parse(target)).ToJson())
        );
}
