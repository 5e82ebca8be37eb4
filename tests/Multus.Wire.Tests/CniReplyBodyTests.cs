using Multus.Cni;
using Multus.Cni.Results;

namespace Multus.Wire.Tests;

public sealed class CniReplyBodyTests
{
    [Fact]
    public void An_empty_result_goes_out_as_1_1_0()
    {
        Assert.Equal(
            """{"Result":{"cniVersion":"1.1.0"}}""",
            Bytes.Text(CniReplyBody.Added(CniResult.Empty(CniVersion.V040)))
        );
    }

    [Fact]
    public void A_result_of_an_older_version_is_converted_on_its_way_out()
    {
        var result = CniResult.Parse(
            Bytes.Of(
                """{"cniVersion":"0.3.1","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","interface":0,"address":"10.0.0.9/24"}],"dns":{}}"""
            ),
            CniVersion.V031
        );

        Assert.Equal(
            """{"Result":{"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}],"ips":[{"address":"10.0.0.9/24","interface":0}]}}""",
            Bytes.Text(CniReplyBody.Added(result))
        );
    }

    [Theory]
    [InlineData("""{"Result":{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.9/24"}]}}""")]
    [InlineData("""{"result":{"ips":[{"address":"10.0.0.9/24"}]},"more":1}""")]
    public void A_result_is_read_whatever_the_case_of_its_member(string body)
    {
        var result = CniReplyBody.ParseAdded(Bytes.Of(body));

        Assert.Equal(CniVersion.V110, result.Version);
        Assert.Equal("10.0.0.9/24", Assert.Single(result.Ips).Address);
    }

    [Fact]
    public void What_goes_out_comes_back()
    {
        const string body =
            """{"Result":{"cniVersion":"1.1.0","interfaces":[{"mac":"02:00:00:00:00:02","mtu":1500,"name":"eth0","sandbox":"/run/netns/x"}]}}""";

        Assert.Equal(body, Bytes.Text(CniReplyBody.Added(CniReplyBody.ParseAdded(Bytes.Of(body)))));
    }

    [Theory]
    [InlineData("", "the answer to ADD is empty")]
    [InlineData("OK", "the answer to ADD is not JSON")]
    [InlineData("null", "the answer to ADD is null")]
    [InlineData("{}", "the answer to ADD has no object \"Result\"")]
    [InlineData("""{"Result":null}""", "the answer to ADD has no object \"Result\"")]
    [InlineData("""{"Result":"x"}""", "the answer to ADD has no object \"Result\"")]
    [InlineData("""{"Result":{"ips":7}}""", "\"Result\" in the answer to ADD: ")]
    [InlineData("""{"Result":{"cniVersion":"9.9.9"}}""", "\"Result\" in the answer to ADD: ")]
    public void What_is_no_result_is_refused_by_name(string body, string expected)
    {
        var wrong = Assert.Throws<WireFormatException>(() => CniReplyBody.ParseAdded(Bytes.Of(body)));

        Assert.StartsWith(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_cut_off_anywhere_is_refused()
    {
        var whole = Bytes.Of("""{"Result":{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.9/24"}]}}""");
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<WireFormatException>(() => CniReplyBody.ParseAdded(whole[..length]));
    }
}
