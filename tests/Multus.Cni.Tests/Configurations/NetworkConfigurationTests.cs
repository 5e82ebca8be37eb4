using Multus.Cni.Configurations;

namespace Multus.Cni.Tests.Configurations;

public sealed class NetworkConfigurationTests
{
    private const string Conf = """{"type":"bridge","name":"n","mtu":12345678901234567890}""";
    private const string List = """{"name":"n","plugins":[{"type":"macvlan"},{"type":"tuning"}]}""";

    [Fact]
    public void A_type_makes_it_a_conf_and_none_a_list()
    {
        var conf = NetworkConfiguration.Parse(Json.Bytes(Conf));
        var list = NetworkConfiguration.Parse(Json.Bytes(List));

        Assert.Equal((false, "bridge"), (conf.IsList, conf.Types));
        Assert.Equal((true, "macvlan,tuning"), (list.IsList, list.Types));
        Assert.Equal(CniVersion.V010, conf.Version);
    }

    [Fact]
    public void An_empty_type_beside_plugins_is_a_list() =>
        Assert.True(
            NetworkConfiguration.Parse(Json.Bytes("""{"type":"","name":"n","plugins":[{"type":"t"}]}""")).IsList
        );

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"plugins":null}""")]
    [InlineData("""{"plugins":[]}""")]
    [InlineData("""{"plugins":[null]}""")]
    [InlineData("""{"plugins":[[]]}""")]
    [InlineData("""{"plugins":[{"name":"x"}]}""")]
    [InlineData("""{"type":"t"}}""")]
    [InlineData("""{"name":"n","dns":"x","plugins":[{"type":"t"}]}""")]
    [InlineData("not json")]
    public void What_crashes_upstream_or_fails_there_is_an_error_of_code_7(string json)
    {
        var refused = Assert.Throws<CniException>(() => NetworkConfiguration.Parse(Json.Bytes(json)));

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Neither_type_nor_plugins_is_said_in_these_words()
    {
        var refused = Assert.Throws<CniException>(() => NetworkConfiguration.Parse(Json.Bytes("""{"name":"n"}""")));

        Assert.Contains("must have the 'type' or 'plugins' field", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"z":1.50,"type":"t"}""", """{"name":"nad","type":"t","z":1.50}""")]
    [InlineData("""{"name":"","type":"t"}""", """{"name":"nad","type":"t"}""")]
    [InlineData("""{"name":null,"type":"t"}""", """{"name":"nad","type":"t"}""")]
    [InlineData("""{"Name":"other","type":"t"}""", """{"Name":"other","name":"nad","type":"t"}""")]
    [InlineData(
        """{"plugins":[{"type":"t","a":12345678901234567890}]}""",
        """{"name":"nad","plugins":[{"a":12345678901234567890,"type":"t"}]}"""
    )]
    public void A_network_without_a_name_takes_the_one_it_is_given(string json, string expected)
    {
        var network = NetworkConfiguration.Parse(Json.Bytes(json)).WithDefaultName("nad");

        Assert.Equal("nad", network.Name);
        Assert.Equal(expected, Json.Text(network.Bytes));
    }

    [Theory]
    [InlineData(Conf)]
    [InlineData(List)]
    public void A_network_with_a_name_keeps_its_very_bytes(string json)
    {
        var network = NetworkConfiguration.Parse(Json.Bytes(json));

        Assert.Same(network, network.WithDefaultName("nad"));
    }

    [Theory]
    [InlineData("""{"type":"t","name":"n"}""", "0.4.0")]
    [InlineData("""{"type":"t","name":"n","cniVersion":""}""", "0.4.0")]
    [InlineData("""{"name":"n","plugins":[{"type":"t"}]}""", "0.4.0")]
    [InlineData("""{"type":"t","name":"n","cniVersion":"0.3.1"}""", "0.3.1")]
    [InlineData("""{"name":"n","cniVersions":["1.0.0"],"plugins":[{"type":"t"}]}""", "1.0.0")]
    public void A_network_without_a_version_takes_the_one_it_is_given(string json, string expected)
    {
        var network = NetworkConfiguration.Parse(Json.Bytes(json)).WithDefaultVersion(CniVersion.V040);

        Assert.Equal(expected, network.CniVersionText);
        Assert.Equal(expected, NetworkConfiguration.Parse(network.Bytes).CniVersionText);
    }

    [Theory]
    [InlineData("""{"type":"t","name":"n"}""", """{"args":{"cni":{"a":1,"b":"x"}},"name":"n","type":"t"}""")]
    [InlineData(
        """{"type":"t","args":{"cni":{"a":0,"c":3},"k":1}}""",
        """{"args":{"cni":{"a":1,"b":"x","c":3},"k":1},"type":"t"}"""
    )]
    [InlineData("""{"type":"t","args":null}""", """{"args":{"cni":{"a":1,"b":"x"}},"type":"t"}""")]
    [InlineData("""{"type":"t","args":{"cni":null}}""", """{"args":{"cni":{"a":1,"b":"x"}},"type":"t"}""")]
    [InlineData(
        """{"name":"n","plugins":[{"type":"t"},{"type":"u","args":{"cni":{"z":9}}}]}""",
        """{"name":"n","plugins":[{"args":{"cni":{"a":1,"b":"x"}},"type":"t"},{"args":{"cni":{"a":1,"b":"x","z":9}},"type":"u"}]}"""
    )]
    public void Cni_args_are_merged_into_every_plugin(string json, string expected)
    {
        var network = NetworkConfiguration.Parse(Json.Bytes(json)).WithCniArgs(Json.Element("""{"b":"x","a":1}"""));

        Assert.Equal(expected, Json.Text(network.Bytes));
    }

    [Theory]
    [InlineData("""{"type":"t","args":[]}""", "{}", "args must be an object, found Array")]
    [InlineData("""{"type":"t","args":{"cni":"x"}}""", "{}", "args.cni must be an object, found String")]
    [InlineData("""{"type":"t"}""", "[1]", "cni-args must be an object, found Array")]
    [InlineData("""{"name":"n","plugins":[{"type":"t","args":1}]}""", "{}", "args must be an object, found Number")]
    public void Cni_args_that_find_no_place_are_refused(string json, string args, string expected)
    {
        var network = NetworkConfiguration.Parse(Json.Bytes(json));

        var refused = Assert.Throws<CniException>(() => network.WithCniArgs(Json.Element(args)));

        Assert.Equal(
            new CniError(CniErrorCode.InvalidNetworkConfig, $"cannot pass cni-args to plugin \"t\": {expected}"),
            refused.Error
        );
    }

    [Theory]
    [InlineData("""{"type":"t"}""")]
    [InlineData("""{"name":"n","plugins":[{"type":"t"}]}""")]
    public void Cni_args_that_make_the_configuration_too_deep_are_refused(string json)
    {
        var depth = CniJson.MaxDepth - 1;
        var args = Json.Element("{\"a\":" + new string('[', depth) + new string(']', depth) + "}");

        var refused = Assert.Throws<CniException>(() => NetworkConfiguration.Parse(Json.Bytes(json)).WithCniArgs(args));

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
    }
}
