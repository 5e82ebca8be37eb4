using Multus.Cni.Configurations;

namespace Multus.Cni.Tests.Configurations;

public sealed class PluginConfigurationTests
{
    [Fact]
    public void The_members_that_a_runtime_understands_are_read_and_the_bytes_kept()
    {
        var json = Json.Bytes(
            """{ "type":"bridge", "name":"n", "cniVersion":"9.9", "capabilities":{"mac":true,"ips":false,"x":null}, "ipam":{"type":"host-local","subnet":1}, "own":[1] }"""
        );

        var plugin = PluginConfiguration.Parse(json);

        Assert.Equal(
            ("bridge", "n", "9.9", "host-local"),
            (plugin.Type, plugin.Name, plugin.CniVersion, plugin.IpamType)
        );
        Assert.True(plugin.Capabilities["mac"]);
        Assert.False(plugin.Capabilities["ips"]);
        Assert.False(plugin.Capabilities["x"]);
        Assert.Equal(Json.Text(json), Json.Text(plugin.Bytes));
    }

    [Fact]
    public void Keys_are_found_in_any_case()
    {
        var plugin = PluginConfiguration.Parse(Json.Bytes("""{"TYPE":"bridge","Name":"n","IPAM":{"Type":"static"}}"""));

        Assert.Equal(("bridge", "n", "static"), (plugin.Type, plugin.Name, plugin.IpamType));
    }

    [Fact]
    public void Null_means_absent()
    {
        var plugin = PluginConfiguration.Parse(
            Json.Bytes("""{"type":"t","name":null,"ipam":null,"capabilities":null,"dns":null,"prevResult":null}""")
        );

        Assert.Equal(("", ""), (plugin.Name, plugin.IpamType));
        Assert.Empty(plugin.Capabilities);
    }

    [Theory]
    [InlineData("""{"type":"t","ipam":[]}""", "ipam must be an object, found an array")]
    [InlineData("""{"type":"t","ipam":{"type":1}}""", "ipam.type must be a string, found 1")]
    [InlineData("""{"type":"t","dns":"x"}""", "dns must be an object, found the string \"x\"")]
    [InlineData("""{"type":"t","dns":{"search":[1]}}""", "dns.search[0] must be a string, found 1")]
    [InlineData(
        """{"type":"t","capabilities":{"x":"true"}}""",
        "capabilities.x must be true or false, found the string \"true\""
    )]
    [InlineData("""{"type":1}""", "type must be a string, found 1")]
    [InlineData("""{"type":"t","name":{}}""", "name must be a string, found an object")]
    [InlineData("""{"type":"t","prevResult":"x"}""", "prevResult must be an object, found the string \"x\"")]
    [InlineData(
        """{"type":"t","cni.dev/valid-attachments":[null]}""",
        "cni.dev/valid-attachments[] must be an object, found null"
    )]
    [InlineData("""{"name":"n"}""", "missing 'type'")]
    [InlineData("""{"type":""}""", "missing 'type'")]
    [InlineData("""{"name":"n","plugins":[{"type":"t"}]}""", "missing 'type'")]
    [InlineData("null", "a configuration must be an object, found null")]
    [InlineData("[]", "a configuration must be an object, found an array")]
    [InlineData("", "unexpected end of JSON input")]
    public void What_no_plugin_could_use_is_refused_with_its_place(string json, string expected)
    {
        var refused = Assert.Throws<CniException>(() => PluginConfiguration.Parse(Json.Bytes(json)));

        Assert.Equal(
            new CniError(CniErrorCode.InvalidNetworkConfig, $"error parsing configuration: {expected}"),
            refused.Error
        );
    }
}
