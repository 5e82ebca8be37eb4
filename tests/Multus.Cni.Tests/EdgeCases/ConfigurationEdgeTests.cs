using System.Text.Json;
using Multus.Cni.Configurations;
using Multus.Cni.Tests.Runtime;

namespace Multus.Cni.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md about a network's configuration and what is put into it.</summary>
public sealed class ConfigurationEdgeTests
{
    private const string Args = """{"args1":"val1"}""";

    [Theory]
    [InlineData("\"true\"", true)]
    [InlineData("\"false\"", false)]
    public void Edge_268_disableCheck_may_be_the_word_true_or_false(string value, bool expected) =>
        Assert.Equal(
            expected,
            NetworkConfiguration
                .ParseList(Json.Bytes($$"""{"name":"n","disableCheck":{{value}},"plugins":[{"type":"t"}]}"""))
                .DisableCheck
        );

    [Fact]
    public void Edge_268_any_other_word_for_disableCheck_is_an_error() =>
        Refused(
            "invalid value \"banana\" for disableCheck",
            """{"name":"n","disableCheck":"banana","plugins":[{"type":"t"}]}"""
        );

    [Theory]
    [InlineData("""["1.0.0","banana"]""")]
    [InlineData("""["1.0.0.0"]""")]
    public void Edge_274_an_entry_of_cniVersions_that_is_no_version_is_an_error(string versions) =>
        Refused("invalid cniVersions entry", $$"""{"name":"n","cniVersions":{{versions}},"plugins":[{"type":"t"}]}""");

    [Fact]
    public void Edge_017_keys_of_a_configuration_count_in_any_case()
    {
        var network = NetworkConfiguration.Parse(Json.Bytes("""{"TYPE":"a","Name":"b"}"""));

        Assert.Equal((false, "a", "b"), (network.IsList, network.Types, network.Name));
    }

    [Fact]
    public void Edge_023_cni_args_make_args_cni_where_there_is_none() =>
        Assert.Equal("""{"cni":{"args1":"val1"}}""", ArgsOf("""{"name":"n","type":"t"}"""));

    [Fact]
    public void Edge_024_cni_args_replace_members_of_the_same_name_and_keep_the_others() =>
        Assert.Equal(
            """{"cni":{"args0":"val0","args1":"val1"}}""",
            ArgsOf("""{"name":"n","type":"t","args":{"cni":{"args0":"val0","args1":"val1a"}}}""")
        );

    [Fact]
    public void Edge_025_cni_args_reach_every_plugin_of_a_list()
    {
        var network = NetworkConfiguration
            .Parse(Json.Bytes("""{"name":"n","plugins":[{"type":"a"},{"type":"b"}]}"""))
            .WithCniArgs(Json.Element(Args));

        Assert.Equal(["""{"cni":{"args1":"val1"}}""", """{"cni":{"args1":"val1"}}"""], network.Plugins.Select(ArgsOf));
    }

    [Fact]
    public void Edge_026_what_else_is_in_args_stays() =>
        Assert.Equal(
            """{"cni":{"args1":"val1"},"other":1}""",
            ArgsOf("""{"name":"n","type":"t","args":{"other":1}}""")
        );

    [Theory]
    [InlineData("""{"name":"n","type":"t","args":"x"}""", "args must be an object, found String")]
    [InlineData("""{"name":"n","type":"t","args":{"cni":"x"}}""", "args.cni must be an object, found String")]
    [InlineData("""{"name":"n","plugins":[{"type":"t","args":"x"}]}""", "args must be an object, found String")]
    public void Edge_027_args_of_another_type_are_a_clean_error_where_upstream_crashes(string config, string shown)
    {
        var refused = Assert.Throws<CniException>(() =>
            NetworkConfiguration.Parse(Json.Bytes(config)).WithCniArgs(Json.Element(Args))
        );

        Assert.Equal(
            (CniErrorCode.InvalidNetworkConfig, true),
            (refused.Error.Code, refused.Message.EndsWith(shown, StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("""{"name":"n","plugins":[]}""", "no plugins in list")]
    [InlineData("""{"name":"n","plugins":[null]}""", "plugin config 0")]
    public void Edge_032_no_plugins_and_a_plugin_that_is_null_are_clean_errors_where_upstream_crashes(
        string config,
        string shown
    ) => Refused(shown, config);

    [Fact]
    public void Edge_033_a_plugin_without_a_type_is_an_error() =>
        Refused("missing 'type'", """{"name":"n","plugins":[{}]}""");

    [Fact]
    public void Edge_034_neither_type_nor_plugins_is_an_error_that_names_both() =>
        Refused("'type' or 'plugins'", """{"name":"n"}""");

    [Theory]
    [InlineData("""{"type":"mynet","big":12345678901234567890}""")]
    [InlineData("""{"plugins":[{"type":"mynet","big":12345678901234567890}]}""")]
    public async Task Edge_036_integers_above_2_to_the_53_keep_their_digits_through_every_injection_where_upstream_rounds(
        string config
    )
    {
        var node = new Node();
        var network = NetworkConfiguration
            .Parse(Json.Bytes(config))
            .WithDefaultName("n")
            .WithDefaultVersion(CniVersion.V040)
            .WithCniArgs(Json.Element("{\"n\":9007199254740993}"));

        await node.AddAsync(network);

        Assert.Equal(
            ("12345678901234567890", """{"cni":{"n":9007199254740993}}"""),
            (node.Plugins.Member(0, "big"), node.Plugins.Member(0, "args"))
        );
    }

    [Theory]
    [InlineData("""{"type":"a","capabilities":{"x":"true"}}""")]
    [InlineData("""{"name":"n","plugins":[{"type":"a","capabilities":{"x":"true"}}]}""")]
    public void Edge_018_a_capability_that_is_text_is_an_error(string config) =>
        Refused("capabilities.x must be true or false", config);

    private static string ArgsOf(string config) =>
        ArgsOf(Assert.Single(NetworkConfiguration.Parse(Json.Bytes(config)).WithCniArgs(Json.Element(Args)).Plugins));

    private static string ArgsOf(PluginConfiguration plugin) =>
        CniJson.Parse(plugin.Bytes).TryGetProperty("args", out JsonElement args) ? args.GetRawText() : "none";

    private static void Refused(string shown, string config)
    {
        var refused = Assert.Throws<CniException>(() => NetworkConfiguration.Parse(Json.Bytes(config)));

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
        Assert.Contains(shown, refused.Message, StringComparison.Ordinal);
    }
}
