using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Planning;

/// <summary>What the bandwidth plugin refuses at ADD and at DEL is refused before any plugin runs.</summary>
public sealed class BandwidthRulesTests
{
    private const string Declaring =
        """{"name":"x","plugins":[{"type":"bridge"},{"type":"bandwidth","capabilities":{"bandwidth":true}}]}""";

    [Theory]
    [InlineData("\"ingressRate\":1", "has ingressRate without ingressBurst")]
    [InlineData("\"egressRate\":1,\"egressBurst\":0", "has egressRate without egressBurst")]
    [InlineData("\"ingressRate\":1,\"ingressBurst\":1,\"egressBurst\":2", "has egressBurst without egressRate")]
    [InlineData("\"ingressRate\":1,\"ingressBurst\":34359738360", "has the ingressBurst 34359738360")]
    public void A_rate_or_a_burst_alone_is_refused_wherever_it_is_from(string limits, string shown)
    {
        Refused(shown, "", $$"""[{"name":"n","bandwidth":{ {{limits}} } }]""", Declaring);
        Refused(shown, $",\"runtimeConfig\":{{\"bandwidth\":{{{limits}}}}}", "n", Declaring);
        Refused(shown, "", "n", $$"""{"name":"x","plugins":[{"type":"bridge"},{"type":"bandwidth",{{limits}}}]}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"ingressRate\":0,\"ingressBurst\":0")]
    [InlineData("\"ingressRate\":1,\"ingressBurst\":34359738359")]
    public void Both_or_neither_are_fine(string limits) =>
        Assert.Equal(
            2,
            Samples
                .Plan(
                    Samples.Request(),
                    Samples.Pod($$"""[{"name":"n","bandwidth":{ {{limits}} } }]"""),
                    Network(Declaring)
                )
                .Attachments.Length
        );

    [Fact]
    public void A_plugin_of_another_type_has_rules_of_its_own() =>
        Assert.Equal(
            2,
            Samples
                .Plan(
                    Samples.Request(),
                    Samples.Pod("""[{"name":"n","bandwidth":{"ingressRate":1}}]"""),
                    Network(
                        Declaring.Replace("\"type\":\"bandwidth\"", "\"type\":\"shaper\"", StringComparison.Ordinal)
                    )
                )
                .Attachments.Length
        );

    [Fact]
    public void What_no_plugin_gets_needs_no_burst() =>
        Assert.Equal(
            2,
            Samples
                .Plan(
                    Samples.Request(),
                    Samples.Pod("""[{"name":"n","bandwidth":{"ingressRate":1}}]"""),
                    Network(Samples.BridgeConf)
                )
                .Attachments.Length
        );

    private static void Refused(string shown, string keys, string networks, string config)
    {
        var error = Assert
            .Throws<CniException>(() =>
                Samples.Plan(Samples.Request(Samples.Configuration(keys)), Samples.Pod(networks), Network(config))
            )
            .Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, error.Code);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.Contains("network test/n: ", error.Message, StringComparison.Ordinal);
    }

    private static NetworkAttachmentDefinition Network(string config) => Samples.Nad("test", "n", config);
}
