using Multus.Cni.Configurations;

namespace Multus.Cni.Tests.Configurations;

public sealed class ConfigurationListTests
{
    [Fact]
    public void A_list_is_read_and_its_plugins_are_written_sorted()
    {
        var json = Json.Bytes(
            """{"name":"n","cniVersion":"1.0.0","plugins":[{"type":"bridge","b":2,"a":1},{"type":"portmap"}]}"""
        );

        var network = NetworkConfiguration.ParseList(json);

        Assert.True(network.IsList);
        Assert.Equal(
            ("n", "1.0.0", CniVersion.V100, "bridge,portmap"),
            (network.Name, network.CniVersionText, network.Version, network.Types)
        );
        Assert.Equal("""{"a":1,"b":2,"type":"bridge"}""", Json.Text(network.Plugins[0].Bytes));
        Assert.Equal(Json.Text(json), Json.Text(network.Bytes));
        Assert.False(network.DisableCheck || network.DisableGc || network.LoadOnlyInlinedPlugins);
    }

    [Fact]
    public void The_name_may_be_empty_here_but_not_missing()
    {
        Assert.Equal("", NetworkConfiguration.ParseList(Json.Bytes("""{"name":"","plugins":[{"type":"t"}]}""")).Name);
        Refused("""{"plugins":[{"type":"t"}]}""", "no name");
        Refused("""{"Name":"n","plugins":[{"type":"t"}]}""", "no name");
    }

    [Theory]
    [InlineData("""{"name":"n","plugins":[]}""", "no plugins in list")]
    [InlineData("""{"name":"n","plugins":null}""", "invalid 'plugins' type: Null")]
    [InlineData("""{"name":"n","plugins":{}}""", "invalid 'plugins' type: Object")]
    [InlineData(
        """{"name":"n","plugins":[{"type":"t"},null]}""",
        "failed to parse plugin config 1: error parsing configuration: a configuration must be an object, found null"
    )]
    [InlineData(
        """{"name":"n","plugins":[{"type":"t"},{}]}""",
        "failed to parse plugin config 1: error parsing configuration: missing 'type'"
    )]
    [InlineData("""{"name":1,"plugins":[{"type":"t"}]}""", "invalid name type: Number")]
    [InlineData("""{"name":"n","cniVersion":1,"plugins":[{"type":"t"}]}""", "invalid cniVersion type: Number")]
    [InlineData(
        """{"name":"n","loadOnlyInlinedPlugins":true}""",
        "`loadOnlyInlinedPlugins` is true, and no 'plugins' key"
    )]
    [InlineData(
        """{"name":"n","disableCheck":"banana"}""",
        "invalid value \"banana\" for disableCheck: true or false is expected"
    )]
    [InlineData("""{"name":"n","disableGC":1}""", "invalid type Number for disableGC: true or false is expected")]
    [InlineData("""{"name":"n","cniVersions":"1.0.0"}""", "invalid type for cniVersions: String")]
    [InlineData("""{"name":"n","cniVersions":["1.0.0",7]}""", "invalid cniVersions entry \"7\" at index 1")]
    [InlineData("""{"name":"n","cniVersions":["x.y"]}""", "invalid cniVersions entry \"x.y\" at index 0")]
    [InlineData("[]", "a configuration list must be an object, found an array")]
    [InlineData("null", "a configuration list must be an object, found null")]
    public void A_list_that_cannot_be_used_is_refused_with_its_place(string json, string expected) =>
        Refused(json, expected);

    [Theory]
    [InlineData("""["99.0.0","1.0.0","0.4.0"]""", "", "1.0.0")]
    [InlineData("""["0.4.0","0.3.1"]""", "1.1.0", "1.1.0")]
    [InlineData("""["1.0.0"]""", "0.4.0", "1.0.0")]
    [InlineData("""["1.0.0"]""", "1.2.0", "1.0.0")]
    [InlineData("""["99.0.0"]""", "1.2.0", "1.2.0")]
    [InlineData("""["99.0.0"]""", "", "")]
    [InlineData("[]", "0.3.1", "0.3.1")]
    [InlineData("""["0.10.0","0.9.0"]""", "", "0.10.0")]
    public void Edge_274_the_highest_version_that_is_known_is_chosen(string versions, string version, string expected)
    {
        var network = NetworkConfiguration.ParseList(
            Json.Bytes(
                $$"""{"name":"n","cniVersion":"{{version}}","cniVersions":{{versions}},"plugins":[{"type":"t"}]}"""
            )
        );

        Assert.Equal(expected, network.CniVersionText);
        Assert.Equal(CniVersion.Parse(expected), network.Version);
    }

    [Fact]
    public void A_version_that_is_yet_to_come_is_kept() =>
        Assert.Equal(
            "1.2.3",
            NetworkConfiguration
                .ParseList(Json.Bytes("""{"name":"n","cniVersion":"1.2.3","plugins":[{"type":"t"}]}"""))
                .CniVersionText
        );

    [Fact]
    public void A_version_that_is_none_is_refused_at_once()
    {
        var refused = Assert.Throws<CniException>(() =>
            NetworkConfiguration.Parse(Json.Bytes("""{"name":"n","cniVersion":"one","type":"t"}"""))
        );

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
        Assert.Contains("invalid cniVersion \"one\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"TRUE\"", true)]
    [InlineData("\"False\"", false)]
    public void A_flag_may_be_text(string value, bool expected)
    {
        var network = NetworkConfiguration.ParseList(
            Json.Bytes(
                $$"""{"name":"n","disableCheck":{{value}},"disableGC":{{value}},"loadOnlyInlinedPlugins":{{value}},"plugins":[{"type":"t"}]}"""
            )
        );

        Assert.Equal(
            (expected, expected, expected),
            (network.DisableCheck, network.DisableGc, network.LoadOnlyInlinedPlugins)
        );
    }

    [Fact]
    public void Plugins_found_beside_the_file_come_last_and_become_part_of_the_bytes()
    {
        var network = NetworkConfiguration.ParseList(
            Json.Bytes("""{"plugins":[{"type":"a","n":12345678901234567890}],"name":"n"}""")
        );

        var whole = network.WithLoadedPlugins([PluginConfiguration.Parse(Json.Bytes("""{ "type":"b" }"""))]);

        Assert.Equal("a,b", whole.Types);
        Assert.Equal(
            """{"name":"n","plugins":[{"n":12345678901234567890,"type":"a"},{ "type":"b" }]}""",
            Json.Text(whole.Bytes)
        );
        Assert.Equal("a,b", NetworkConfiguration.ParseList(whole.Bytes).Types);
    }

    [Fact]
    public void A_list_without_plugins_may_wait_for_them_but_not_for_ever()
    {
        var network = NetworkConfiguration.ParseList(Json.Bytes("""{"name":"n"}"""));

        Assert.Empty(network.Plugins);
        Assert.Equal("b", network.WithLoadedPlugins([PluginConfiguration.Parse(Json.Bytes("""{"type":"b"}"""))]).Types);
        var refused = Assert.Throws<CniException>(() => network.WithLoadedPlugins([]));
        Assert.EndsWith("no plugin configs found", refused.Message, StringComparison.Ordinal);
    }

    private static void Refused(string json, string expected)
    {
        var refused = Assert.Throws<CniException>(() => NetworkConfiguration.ParseList(Json.Bytes(json)));

        Assert.Equal(
            new CniError(CniErrorCode.InvalidNetworkConfig, $"error parsing configuration list: {expected}"),
            refused.Error
        );
    }
}
