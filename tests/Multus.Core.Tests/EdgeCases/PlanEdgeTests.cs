using Multus.Cni;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Core.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md B, C, E and G that the plan of an ADD shows.</summary>
public sealed class PlanEdgeTests
{
    private const string TwoHostPorts =
        """[{"hostPort":8080,"containerPort":80,"protocol":"tcp"},{"hostPort":8000,"containerPort":8001,"protocol":"udp"}]""";

    [Fact]
    public void Edge_028_042_all_six_requests_of_an_element_reach_its_network_and_change_nothing_of_the_runtimes()
    {
        var c = Samples.Configuration($",\"runtimeConfig\":{{\"portMappings\":{TwoHostPorts}}}");
        var pod = Samples.Pod(
            """
            [{"name":"n","interface":"north","mac":"c2:11:22:33:44:66","infiniband-guid":"24:8a:07:03:00:8d:ae:2e","ips":["10.0.0.1/24"],
            "bandwidth":{"ingressRate":1,"egressRate":2},"portMappings":[{"hostPort":1,"containerPort":2}]}]
            """
        );

        var attachment = Samples
            .Plan(Samples.Request(c), pod, Samples.Nad("test", "n", Samples.BridgeConf))
            .Attachments[1];

        Assert.Equal("north", attachment.Parameters.IfName);
        Assert.EndsWith(
            ";MAC=c2:11:22:33:44:66;IP=10.0.0.1/24",
            Samples.Args(attachment.AddParameters.Args),
            StringComparison.Ordinal
        );
        Assert.Equal(
            """portMappings=[{"hostPort":1,"containerPort":2}] bandwidth={"ingressRate":1,"egressRate":2} ips=["10.0.0.1/24"] mac="c2:11:22:33:44:66" infinibandGUID="24:8a:07:03:00:8d:ae:2e" """.TrimEnd(),
            Samples.Capabilities(attachment)
        );
        Assert.Equal(TwoHostPorts, Assert.Single(c.RuntimeConfig).Value.GetRawText());
    }

    [Theory]
    [InlineData("""{"name":"weave","type":"weave-net"}""", "weave")] // row 29
    [InlineData("""{"name":"weave-list","plugins":[{"type":"weave-net"}]}""", "weave-list")] // row 30
    public void Edge_029_030_an_inline_delegate_is_shown_by_its_own_name(string config, string shown)
    {
        var c = Core.Configuration.MultusConfiguration.Parse(
            Samples.Bytes($$"""{"delegates":[{{config}}]}"""),
            default
        );

        Assert.Equal(shown, Assert.Single(Samples.Plan(Samples.Request(c), pod: null).Attachments).DisplayName);
    }

    [Fact]
    public void Edge_031_a_network_of_a_definition_is_shown_by_the_definitions_name_and_keeps_its_own()
    {
        var plan = Samples.Plan(
            Samples.Request(),
            Samples.Pod("ns1/nad1"),
            Samples.Nad("ns1", "nad1", """{"name":"own","type":"a"}""")
        );

        Assert.Equal("net1 ns1/nad1 own", Samples.Attached(plan)[1]);
    }

    [Theory]
    [InlineData("""{"plugins":[]}""")]
    [InlineData("""{"plugins":[null]}""")]
    public void Edge_032_a_definition_without_a_plugin_is_an_error_that_names_it_where_upstream_crashes(string config)
    {
        var error = Assert
            .Throws<CniException>(() =>
                Samples.Plan(Samples.Request(), Samples.Pod("n"), Samples.Nad("test", "n", config))
            )
            .Error;

        Assert.Equal(
            (CniErrorCode.InvalidNetworkConfig, true),
            (error.Code, error.Message.StartsWith("network-attachment-definition test/n: ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Edge_037_the_runtimes_port_mappings_and_its_names_are_handed_on_as_they_came()
    {
        var master = Assert.Single(
            Samples
                .Plan(
                    Samples.Request(Samples.Configuration($",\"runtimeConfig\":{{\"portMappings\":{TwoHostPorts}}}")),
                    pod: null
                )
                .Attachments
        );

        Assert.Equal($"portMappings={TwoHostPorts}", Samples.Capabilities(master));
        Assert.Equal(
            ("c1", "/var/run/netns/n1", "eth0"),
            (master.Parameters.Sandbox.Value, master.Parameters.NetNs, master.Parameters.IfName)
        );
    }

    // Upstream's thin plugin adds what it finds in its own environment, repeated keys a second time; its thick one,
    // like this, hands on five pairs.
    [Fact]
    public void Edge_038_039_delegates_get_five_pairs_filled_from_the_runtimes_arguments_and_no_other()
    {
        var args = CniArgs.Parse(
            "IgnoreUnknown=1;K8S_POD_NAME=old;K8S_POD_NAMESPACE=test;K8S_POD_NAME=p;K8S_POD_INFRA_CONTAINER_ID=sandbox;K8S_POD_UID=u;BLAHBLAH=foo=bar"
        );

        Assert.Equal(
            "IgnoreUnknown=true;K8S_POD_NAMESPACE=test;K8S_POD_NAME=p;K8S_POD_INFRA_CONTAINER_ID=sandbox;K8S_POD_UID=u",
            CniArgs.Format(PodIdentity.FromCniArgs(args).DelegateArgs())
        );
    }

    [Fact]
    public void Edge_113_an_unknown_argument_needs_IgnoreUnknown()
    {
        Assert.Contains(
            "unknown args [\"FOO=1\"]",
            Assert.Throws<CniException>(() => PodIdentity.FromCniArgs(CniArgs.Parse("FOO=1"))).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(PodIdentity.None, PodIdentity.FromCniArgs(CniArgs.Parse("FOO=1;IgnoreUnknown=1")));
    }

    // Upstream finds out when it runs the second delegate, so that the first has to be undone; here no delegate has
    // run.
    [Theory]
    [InlineData("0.2.0")] // row 120
    [InlineData("0.4.0")] // row 121
    [InlineData("1.1.0")]
    public void Edge_120_121_a_delegate_with_an_empty_name_is_refused_before_any_delegate_runs(string version)
    {
        var c = Core.Configuration.MultusConfiguration.Parse(
            Samples.Bytes(
                $$"""{"cniVersion":"{{version}}","delegates":[{"cniVersion":"{{version}}","name":"weave1","type":"weave-net"},{"cniVersion":"{{version}}","name":"","type":"other-plugin"}]}"""
            ),
            default
        );

        var error = Assert.Throws<CniException>(() => Samples.Plan(Samples.Request(c), pod: null)).Error;

        Assert.Equal(
            (CniErrorCode.InvalidNetworkConfig, true),
            (error.Code, error.Message.StartsWith("missing network name", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Edge_152_a_default_route_without_a_gateway_is_left_out_of_the_status_where_upstream_writes_nil()
    {
        var master = Assert.Single(Samples.Plan(Samples.Request(), pod: null).Attachments);
        var result = Cni.Results.CniResult.Parse(
            Samples.Bytes(
                """{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/n"}],"routes":[{"dst":"0.0.0.0/0"}]}"""
            ),
            CniVersion.V100
        );

        var json = Core.Status.NetworkStatus.ToJson(Core.Status.NetworkStatus.From(master, result));

        Assert.DoesNotContain("gateway", json, StringComparison.Ordinal);
        Assert.DoesNotContain("nil", json, StringComparison.Ordinal);
    }
}
