using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

public sealed class CachedAttachmentCodecTests
{
    /// <summary>As upstream leaves it on a node, gateway routes rewritten.</summary>
    private const string Upstream = """
        {"kind":"cniCacheV1","containerId":"0a1b2c","config":"eyJjbmlWZXJzaW9uIjoiMS4wLjAiLCJuYW1lIjoiYmx1ZSIsInR5cGUiOiJicmlkZ2UifQ==","ifName":"net1","networkName":"blue","netns":"/var/run/netns/cni-1","cniArgs":[["IgnoreUnknown","true"],["K8S_POD_NAMESPACE","default"],["K8S_POD_NAME","p-1"],["K8S_POD_INFRA_CONTAINER_ID","0a1b2c"],["K8S_POD_UID",""]],"capabilityArgs":{"mac":"c2:11:22:33:44:66","portMappings":[{"containerPort":80,"hostPort":8080,"protocol":"tcp"}]},"result":{"cniVersion":"1.0.0","dns":{},"interfaces":[{"mac":"aa:bb:cc:dd:ee:01","name":"br0"},{"mac":"c2:11:22:33:44:66","name":"net1","sandbox":"/var/run/netns/cni-1"}],"ips":[{"address":"10.10.0.2/16","gateway":"10.10.0.1","interface":1}],"routes":[{"dst":"0.0.0.0/0","gw":"10.10.0.1"}]}}
        """;

    [Fact]
    public void A_file_of_upstreams_is_read()
    {
        var read = CachedAttachmentCodec.Read(Json.Bytes(Upstream));

        Assert.Null(read.Damaged);
        Assert.True(read.IsComplete);
        Assert.Equal(
            ("cniCacheV1", "blue", "0a1b2c", "net1", "/var/run/netns/cni-1"),
            (read.Kind, read.NetworkName, read.ContainerId, read.IfName, read.NetNs)
        );
        Assert.Equal("""{"cniVersion":"1.0.0","name":"blue","type":"bridge"}""", Json.Text(read.Config));
        Assert.Equal(5, read.CniArgs.Length);
        Assert.Equal(new KeyValuePair<string, string>("K8S_POD_NAME", "p-1"), read.CniArgs[2]);
        Assert.Equal(["mac", "portMappings"], read.CapabilityArgs.Select(pair => pair.Key));
        Assert.StartsWith(
            """{"cniVersion":"1.0.0","dns":{},"interfaces":[""",
            Json.Text(read.Result),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_is_written_as_upstream_wrote_it() =>
        Assert.Equal(
            Upstream,
            Json.Text(CachedAttachmentCodec.Write(CachedAttachmentCodec.Read(Json.Bytes(Upstream))))
        );

    [Fact]
    public void What_is_empty_is_left_out_as_upstream_leaves_it_out()
    {
        const string expected =
            """{"kind":"cniCacheV1","containerId":"c","config":"","ifName":"i","networkName":"n"}""";

        var written = CachedAttachmentCodec.Write(
            new CachedAttachment(CachedAttachment.CurrentKind, "n", "c", "i", "", default, [], [], default)
        );

        Assert.Equal(expected, Json.Text(written));
        Assert.True(CachedAttachmentCodec.Read(written).IsComplete);
    }

    [Theory]
    [InlineData("""{"cniVersion":"0.3.1","dns":{}}""")]
    [InlineData("""{"kind":"cniCacheV0","networkName":"n"}""")]
    [InlineData("""{"kind":1}""")]
    public void A_file_of_another_kind_is_taken_for_a_bare_result(string file)
    {
        var read = CachedAttachmentCodec.Read(Json.Bytes(file));

        Assert.Null(read.Damaged);
        Assert.False(read.IsComplete);
        Assert.Equal(file, Json.Text(read.Result));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\":\"cniCacheV1\",\"conta")]
    [InlineData("null")]
    [InlineData("\0\0\0\0")]
    [InlineData("""{"kind":"cniCacheV1","config":"***"}""")]
    [InlineData("""{"kind":"cniCacheV1","cniArgs":[["K"]]}""")]
    [InlineData("""{"kind":"cniCacheV1","cniArgs":[["K",null]]}""")]
    [InlineData("""{"kind":"cniCacheV1","cniArgs":{}}""")]
    [InlineData("""{"kind":"cniCacheV1","capabilityArgs":[]}""")]
    [InlineData("""{"kind":"cniCacheV1","result":"x"}""")]
    [InlineData("""{"kind":"cniCacheV1","ifName":7}""")]
    public void A_damaged_file_comes_back_with_the_reason(string file)
    {
        var read = CachedAttachmentCodec.Read(Json.Bytes(file));

        Assert.False(string.IsNullOrWhiteSpace(read.Damaged));
        Assert.DoesNotContain('\n', read.Damaged);
        Assert.False(read.IsComplete);
    }

    [Theory]
    [InlineData("""{"kind":"cniCacheV1","containerId":"c","networkName":"n"}""")]
    [InlineData("""{"kind":"cniCacheV1","containerId":"c","ifName":"i"}""")]
    public void Without_network_or_interface_an_entry_stands_for_no_attachment(string file) =>
        Assert.False(CachedAttachmentCodec.Read(Json.Bytes(file)).IsComplete);

    [Fact]
    public void The_file_is_named_after_network_container_and_interface() =>
        Assert.Equal("blue-c-1-net1", CachedAttachmentCodec.FileName("blue", "c-1", "net1"));

    [Theory]
    [InlineData("", "c", "i")]
    [InlineData("n", "", "i")]
    [InlineData("n", "c", "")]
    public void Edge_266_a_missing_part_is_refused_with_all_three_shown(string network, string container, string ifName)
    {
        var refused = Assert.Throws<CniException>(() => CachedAttachmentCodec.FileName(network, container, ifName));

        Assert.Equal(
            $"cache file path requires network name (\"{network}\"), container ID (\"{container}\"), and interface name (\"{ifName}\")",
            refused.Message
        );
    }

    [Theory]
    [InlineData("../n", "c", "i")]
    [InlineData("n", "c/../..", "i")]
    [InlineData("n", "c", "i\0")]
    public void A_part_that_leads_out_of_the_folder_is_refused(string network, string container, string ifName) =>
        Assert.Throws<CniException>(() => CachedAttachmentCodec.FileName(network, container, ifName));
}
