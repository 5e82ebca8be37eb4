using System.Net;
using System.Text;
using Multus.Configuration;

namespace Multus.Host.Tests.Configuration;

public sealed class MetricsKeysTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metricsPort":0}""")]
    [InlineData("""{"metricsAddress":"*"}""")]
    public void Without_a_port_there_is_no_server_as_upstream_has_it(string json) => Assert.Null(Parse(json).Metrics);

    [Theory]
    [InlineData("""{"metricsPort":9091}""", "localhost:9091")]
    [InlineData("""{"METRICSPORT":9091,"metricsAddress":"*"}""", "*:9091")]
    [InlineData("""{"metricsPort":80,"metricsAddress":"10.0.0.7"}""", "10.0.0.7:80")]
    [InlineData("""{"metricsPort":80,"metricsAddress":"fd00::7"}""", "[fd00::7]:80")]
    public void A_port_is_on_localhost_unless_an_address_is_given(string json, string at) =>
        Assert.Equal(at, Parse(json).Metrics!.Text);

    [Theory]
    [InlineData("""{"metricsPort":65536}""", "metricsPort must be a TCP port, at most 65535; found 65536")]
    [InlineData("""{"metricsPort":"9091"}""", "metricsPort must be a whole number from 0; found \"9091\"")]
    [InlineData(
        """{"metricsPort":9091,"metricsAddress":"eth0"}""",
        "metricsAddress must be an IP address of the node, localhost, or * for all addresses; found \"eth0\""
    )]
    public void What_cannot_be_listened_on_is_said(string json, string error)
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);

        Assert.Equal(error, Assert.Single(errors));
    }

    [Fact]
    public void All_addresses_are_those_of_both_families() =>
        Assert.Equal(IPAddress.IPv6Any, Parse("""{"metricsPort":1,"metricsAddress":"*"}""").Metrics!.Address);

    private static DaemonConfiguration Parse(string json)
    {
        var errors = new List<string>();
        var parsed = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return parsed!;
    }
}
