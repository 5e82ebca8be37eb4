using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Tests.Routes;

public class DefaultRouteRequestTests
{
    private static readonly NetworkAttachmentDefinition A = Samples.Nad("test", "a", Samples.BridgeConf);
    private static readonly NetworkAttachmentDefinition B = Samples.Nad(
        "test",
        "b",
        Samples.BridgeConf.Replace("mynet", "other", StringComparison.Ordinal)
    );
    private static readonly NetworkAttachmentDefinition Own = Samples.Nad(
        "kube-system",
        "own",
        Samples.BridgeConf.Replace("mynet", "own", StringComparison.Ordinal)
    );

    [Theory]
    [InlineData("a,b", "")]
    [InlineData("""[{"name":"a","default-route":null},{"name":"b"}]""", "")]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1"]},{"name":"b"}]""", "1:10.0.0.1")]
    [InlineData("""[{"name":"a","default-route":["fd00::1"]},{"name":"b"}]""", "1:fd00::1")]
    [InlineData("""[{"name":"a","default-route":["fd00::1","10.0.0.1"]},{"name":"b"}]""", "1:fd00::1 1:10.0.0.1")]
    [InlineData(
        """[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":["fd00::1"]}]""",
        "1:10.0.0.1 2:fd00::1"
    )]
    [InlineData("""[{"name":"a","default-route":["fe80::1"]}]""", "1:fe80::1")]
    [InlineData("""[{"name":"a","default-route":["::ffff:10.0.0.1"]}]""", "1:10.0.0.1")] // IPv4 inside IPv6 is IPv4
    [InlineData("""[{"name":"a"},{"name":"b","default-route":[]}]""", "chosen 2")]
    [InlineData(
        """[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":[]}]""",
        "1:10.0.0.1 chosen 2"
    )]
    public void Networks_say_which_gateways_they_want(string networks, string expected) =>
        Assert.Equal(expected, Text(DefaultRouteRequest.Of(Plan(networks).Attachments)));

    [Fact]
    public void The_pods_own_default_network_can_want_one() =>
        Assert.Equal(
            "0:10.0.0.1",
            Text(
                DefaultRouteRequest.Of(
                    Plan(
                        "a",
                        (
                            NetworkSelectionParser.DefaultNetworkAnnotation,
                            """[{"name":"own","default-route":["10.0.0.1"]}]"""
                        )
                    ).Attachments
                )
            )
        );

    [Theory]
    [InlineData(
        """[{"name":"a","default-route":["10.0.0.1","10.0.0.2"]}]""",
        "multus does not support ECMP for default-route",
        "10.0.0.2"
    )]
    [InlineData(
        """[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":["10.0.0.1"]}]""",
        "multus does not support ECMP for default-route",
        "network test/b"
    )]
    [InlineData(
        """[{"name":"a","default-route":["fd00::1"]},{"name":"b","default-route":["10.0.0.1","fd00::2"]}]""",
        "two IPv6 gateways",
        "fd00::2"
    )]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1","::ffff:10.0.0.2"]}]""", "two IPv4 gateways", "10.0.0.2")]
    [InlineData(
        """[{"name":"a","default-route":[]},{"name":"b","default-route":[]}]""",
        "'default-route' is empty for network test/a and for network test/b",
        "only one"
    )]
    [InlineData("""[{"name":"a","default-route":["0.0.0.0"]}]""", "network test/a has \"0.0.0.0\"", "no host")]
    [InlineData("""[{"name":"a","default-route":["::"]}]""", "network test/a has \"::\"", "no host")]
    [InlineData(
        """[{"name":"a","default-route":["127.0.0.9"]}]""",
        "network test/a has \"127.0.0.9\"",
        "the pod itself"
    )]
    [InlineData("""[{"name":"a","default-route":["::1"]}]""", "network test/a has \"::1\"", "the pod itself")]
    [InlineData(
        """[{"name":"a","default-route":["224.0.0.1"]}]""",
        "network test/a has \"224.0.0.1\"",
        "no single host"
    )]
    [InlineData(
        """[{"name":"a","default-route":["255.255.255.255"]}]""",
        "network test/a has \"255.255.255.255\"",
        "no single host"
    )]
    [InlineData("""[{"name":"a","default-route":["ff02::1"]}]""", "network test/a has \"ff02::1\"", "no single host")]
    [InlineData("""[{"name":"a","default-route":["10.0.0.1/24"]}]""", "10.0.0.1/24", "default-route")]
    [InlineData("""[{"name":"a","default-route":["gateway"]}]""", "gateway", "default-route")]
    public void Edge_158_what_cannot_be_is_refused_in_the_plan_with_the_offending_text(
        string networks,
        params string[] said
    )
    {
        var refused = Assert.Throws<CniException>(() => Plan(networks)).Error;

        Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Code);
        Assert.All(said, part => Assert.Contains(part, refused.Message));
    }

    private static string Text(DefaultRouteRequest wanted) =>
        string.Join(
            ' ',
            [
                .. wanted.Gateways.Select(gateway => $"{gateway.Attachment}:{gateway.Address}"),
                .. wanted.Chosen is { } chosen ? [$"chosen {chosen}"] : Array.Empty<string>(),
            ]
        );

    private static AttachmentPlan Plan(string networks, params (string Key, string Value)[] more) =>
        Samples.Plan(Samples.Request(), Samples.Pod(networks, null, more), A, B, Own);
}
