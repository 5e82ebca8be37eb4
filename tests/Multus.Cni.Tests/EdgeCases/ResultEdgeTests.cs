using Multus.Cni.Results;
using Multus.Cni.Tests.Runtime;

namespace Multus.Cni.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md about results and their versions.</summary>
public sealed class ResultEdgeTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task Edge_276_with_no_version_anywhere_a_result_is_of_0_1_0()
    {
        _node.Plugins.Prints(CniCommand.Add, "a", """{"ip4":{"ip":"10.0.0.5/24"}}""");

        var result = await _node.AddAsync(Node.Conf(version: ""));

        Assert.Equal((CniVersion.V010, "10.0.0.5/24"), (result.Version, Assert.Single(result.Ips).Address));
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public void Edge_280_interface_0_and_no_interface_come_back_as_they_were(string version)
    {
        var result = CniResult.Parse(
            Json.Bytes(
                $$"""{"cniVersion":"{{version}}","interfaces":[{"name":"a"}],"ips":[{"address":"10.0.0.5/24","interface":0},{"address":"10.0.0.6/24"}]}"""
            ),
            CniVersion.V010
        );

        var again = CniResult.Parse(result.ToJson(), CniVersion.V010);

        Assert.Equal([0, null], again.Ips.Select(ip => ip.Interface));
    }

    [Fact]
    public void Edge_281_a_0_4_0_result_without_addresses_has_no_0_2_0_form()
    {
        var result = CniResult.Parse(
            Json.Bytes("""{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}],"dns":{}}"""),
            CniVersion.V010
        );

        Assert.Equal(
            CniErrorCode.IncompatibleVersion,
            Assert.Throws<CniException>(() => result.ConvertTo(CniVersion.V020)).Error.Code
        );
    }

    [Theory]
    [InlineData("""{"dst":"15.5.6.0/24","gw":"15.5.6.8"}""", """{"dst":"1111:dddd::/80","gw":"1111:dddd::aaaa"}""")]
    [InlineData("""{"dst":"15.5.6.0/24"}""", """{"dst":"1111:dddd::/80"}""")]
    public void Edge_282_a_0_2_0_result_goes_to_0_4_0_and_back_without_loss(string route4, string route6)
    {
        var json = $$$"""
            {"cniVersion":"0.2.0","ip4":{"ip":"1.2.3.30/24","gateway":"1.2.3.1","routes":[{{{route4}}}]},"ip6":{"ip":"abcd:1234:ffff::cdde/64","gateway":"abcd:1234:ffff::1","routes":[{{{route6}}}]},"dns":{"nameservers":["1.2.3.4"],"domain":"acompany.com"}}
            """;
        var result = CniResult.Parse(Json.Bytes(json), CniVersion.V010);

        var middle = CniResult.Parse(result.ConvertTo(CniVersion.V040).ToJson(), CniVersion.V010);

        Assert.Equal((CniVersion.V040, 2, 2), (middle.Version, middle.Ips.Length, middle.Routes.Length));
        Assert.Equal(json, Json.Text(middle.ConvertTo(CniVersion.V020).ToJson()));
    }

    [Fact]
    public async Task Edge_132_a_plugin_that_answers_0_4_0_to_a_1_0_0_configuration_is_understood()
    {
        _node.Plugins.Prints(
            CniCommand.Add,
            "a",
            """{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.0.0.5/24"}],"dns":{}}"""
        );

        var result = await _node.AddAsync(Node.Conf("1.0.0"));

        Assert.Equal(CniVersion.V040, result.Version);
        Assert.Equal(
            """{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}""",
            Json.Text(result.ConvertTo(CniVersion.V100).ToJson())
        );
    }
}
