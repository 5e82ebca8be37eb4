using System.Text;
using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

public sealed class BuiltInPluginsTests
{
    private readonly Node _node = new();

    [Theory]
    [InlineData("0.3.0")]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task Passthru_gives_an_empty_result_in_the_version_of_its_configuration_and_needs_no_binary(
        string version
    )
    {
        var result = await _node.AddAsync(Passthru(version));

        Assert.True(result.IsEmpty);
        Assert.Equal(version, result.Version.ToString());
        Assert.Empty(_node.Plugins.Calls);
    }

    [Fact]
    public async Task Passthru_succeeds_at_everything_else()
    {
        await _node.AddAsync(Passthru("1.1.0"));

        await _node.CheckAsync(Passthru("1.1.0"));
        await _node.StatusAsync(Passthru("1.1.0"));
        await _node.DeleteAsync(Passthru("1.1.0"));

        Assert.Empty(_node.Plugins.Calls);
        Assert.Empty(_node.Cache.Files);
    }

    [Theory]
    [InlineData("0.2.0", CniErrorCode.IncompatibleVersion)]
    [InlineData("", CniErrorCode.IncompatibleVersion)]
    public async Task Passthru_speaks_no_version_before_0_3_0(string version, uint code) =>
        Assert.Equal(code, (await Node.ErrorOf(_node.AddAsync(Passthru(version)))).Code);

    [Fact]
    public async Task The_plugin_behind_it_gets_its_result_as_the_previous_one()
    {
        await _node.AddAsync(Chain());

        var call = Assert.Single(_node.Plugins.Calls);
        Assert.Contains(
            "\"prevResult\":{\"cniVersion\":\"1.0.0\"",
            Encoding.UTF8.GetString(call.Stdin.Span),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"type":"bridge","ipam":{"type":"host-local"}}""", "bridge host-local")]
    [InlineData(
        """{"type":"bridge","ipam":{"type":"dhcp"}},{"type":"macvlan","ipam":{"type":"dhcp"}}""",
        "bridge dhcp macvlan"
    )]
    [InlineData("""{"type":"bridge","ipam":{}},{"type":"portmap"}""", "bridge portmap")]
    [InlineData("""{"type":"calico","ipam":{"type":"calico-ipam"}}""", "calico")]
    [InlineData("""{"type":"passthru"},{"type":"tuning"}""", "tuning")]
    public void A_network_needs_its_plugins_and_the_IPAM_plugins_that_they_run(string plugins, string expected) =>
        Assert.Equal(expected, string.Join(' ', RequiredPlugins.Of(List(plugins))));

    private static Cni.Configurations.NetworkConfiguration Passthru(string version) =>
        Cni.Configurations.NetworkConfiguration.ParseConf(
            Json.Bytes($$"""{"cniVersion":"{{version}}","name":"blue","type":"passthru"}""")
        );

    private static Cni.Configurations.NetworkConfiguration Chain() => List("""{"type":"passthru"},{"type":"a"}""");

    private static Cni.Configurations.NetworkConfiguration List(string plugins) =>
        Cni.Configurations.NetworkConfiguration.ParseList(
            Json.Bytes($$"""{"cniVersion":"1.0.0","name":"blue","plugins":[{{plugins}}]}""")
        );
}
