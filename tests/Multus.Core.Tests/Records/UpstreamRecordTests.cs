using System.Text;
using Multus.Cni;
using Multus.Core.Records;

namespace Multus.Core.Tests.Records;

/// <summary>Records that upstream wrote, for pods that run while a node is moved to ours.</summary>
public sealed class UpstreamRecordTests
{
    private static readonly string Master = Element(
        """{"cniVersion":"0.3.1","name":"blue","type":"bridge","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}}""",
        "blue"
    );

    private static readonly string Net1 = Element(Samples.BridgeConf, "test/bridge-conf");

    private static readonly string North = Element(
        Samples.BridgeConf,
        "test/bridge-conf",
        "\"ifnameRequest\":\"north\",\"macRequest\":\"02:00:00:00:00:09\",\"ipRequest\":[\"10.10.1.9/16\"],\"deviceID\":\"0000:03:02.0\","
    );

    [Fact]
    public void Names_parameters_and_the_master_come_from_the_caller_and_from_the_order()
    {
        var plan = Read(Master, Net1, North);

        Assert.Equal(
            ["0 blue eth0 True", "1 test/bridge-conf net1 False", "2 test/bridge-conf north False"],
            plan.Attachments.Select(a => $"{a.Index} {a.DisplayName} {a.Parameters.IfName} {a.IsMaster}")
        );
        Assert.All(
            plan.Attachments,
            a =>
            {
                Assert.Equal("/var/run/netns/n1", a.Parameters.NetNs);
                Assert.Equal(
                    "IgnoreUnknown=true;K8S_POD_NAMESPACE=test;K8S_POD_NAME=samplepod;K8S_POD_INFRA_CONTAINER_ID=;K8S_POD_UID=u1",
                    Samples.Args(a.Parameters.Args)
                );
                Assert.Equal(Samples.PluginPath, a.Parameters.PluginPath);
            }
        );
    }

    [Fact]
    public void The_stored_requests_are_on_offer_again()
    {
        var north = Read(Master, Net1, North).Attachments[2];

        Assert.Equal(
            """ips=["10.10.1.9/16"] mac="02:00:00:00:00:09" deviceID="0000:03:02.0" CNIDeviceInfoFile="/var/run/k8s.cni.cncf.io/devinfo/cni/test-bridge-conf-c1_north" """.TrimEnd(),
            Samples.Capabilities(north)
        );
    }

    [Fact]
    public void The_runtimes_values_still_apply()
    {
        var context = SandboxRecordTests.Context() with
        {
            RuntimeConfig = [KeyValuePair.Create("portMappings", Samples.Json("""[{"hostPort":80}]"""))],
        };

        var plan = SandboxRecord.Read(Samples.Bytes($"[{Master},{Net1}]"), context);

        Assert.All(plan.Attachments, a => Assert.Equal("""portMappings=[{"hostPort":80}]""", Samples.Capabilities(a)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\"default-route\":[\"10.0.0.1\"],", false)]
    [InlineData("\"default-route\":[],", false)]
    public void Upstreams_results_are_not_trusted_about_default_routes_that_were_asked_for(string requests, bool isTrue)
    {
        var plan = Read(Master, Element(Samples.BridgeConf, "test/n", requests));

        Assert.Equal((true, isTrue), (plan.IsUpstreams, plan.HasTrueDefaultRoutes));
    }

    [Fact]
    public void The_configuration_is_the_stored_one_byte_for_byte() =>
        Assert.Equal(
            Samples.BridgeConf,
            Encoding.UTF8.GetString(Read(Master, Net1).Attachments[1].Configuration.Bytes.Span)
        );

    [Fact]
    public void A_list_from_a_file_is_taken_from_its_whole_plugins_because_its_bytes_have_lost_their_keys()
    {
        var element = $$"""
            {"Conf":{"cniVersion":"1.0.0","ipam":{},"name":"cluster"},"ConfList":{"cniVersion":"1.0.0","name":"cluster","plugins":[{"ipam":{"type":"host-local"},"type":"bridge"}]},
            "CNINetworkConfigList":{"Name":"cluster","CNIVersion":"1.0.0","DisableCheck":true,"DisableGC":false,"LoadOnlyInlinedPlugins":false,"Plugins":[
            {"Network":{"ipam":{"type":"host-local"},"type":"bridge"},"Bytes":"{{Base64(
                """{"type":"bridge","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}}"""
            )}}"},
            {"Network":{"ipam":{},"type":"tuning"},"Bytes":"{{Base64(
                """{"type":"tuning","sysctl":{"a":"1"}}"""
            )}}"}],"Bytes":"{{Base64("{}")}}"},
            "Name":"cluster","IsFilterV4Gateway":false,"IsFilterV6Gateway":false,
            "Bytes":"{{Base64(
                """{"cniVersion":"1.0.0","name":"cluster","plugins":[{"ipam":{"type":"host-local"},"type":"bridge"}]}"""
            )}}"}
            """;

        var network = Read(element).Attachments[0].Configuration;

        Assert.Equal(
            ("cluster", "1.0.0", true, true),
            (network.Name, network.CniVersionText, network.IsList, network.DisableCheck)
        );
        Assert.Equal(
            [
                """{"ipam":{"subnet":"10.9.0.0/24","type":"host-local"},"type":"bridge"}""",
                """{"sysctl":{"a":"1"},"type":"tuning"}""",
            ],
            network.Plugins.Select(p => Sorted(p.Bytes))
        );
    }

    [Theory]
    [InlineData(
        """{"Conf":{"name":"blue","type":"bridge","ipam":{}},"ConfList":{},"Name":"blue","Bytes":null}""",
        "bridge"
    )]
    [InlineData(
        """{"Conf":{"name":"c","ipam":{}},"ConfList":{"name":"c","plugins":[{"type":"a","ipam":{}},{"type":"b","ipam":{}}]},"Name":"c"}""",
        "a,b"
    )]
    public void Without_bytes_the_typed_view_has_to_do(string element, string types) =>
        Assert.Equal(types, Read(element).Attachments[0].Configuration.Types);

    [Theory]
    [InlineData("""{"Name":"x","Bytes":"%%%"}""")]
    [InlineData("""{"Name":"x","Bytes":"e30="}""")]
    [InlineData("""{"Name":7,"Bytes":""}""")]
    [InlineData("""{"CNINetworkConfigList":{"Name":"x","Plugins":[null]}}""")]
    [InlineData("""{"CNINetworkConfigList":{"Name":"x","Plugins":[{"Bytes":"eA=="}]}}""")]
    [InlineData("""{"ConfList":{"plugins":[]},"Name":"x"}""")]
    public void An_element_that_makes_no_sense_is_refused(string element) =>
        Assert.Throws<RecordFormatException>(() => Read(element));

    private static string Sorted(ReadOnlyMemory<byte> json) =>
        Encoding.UTF8.GetString(CniJson.Write(writer => CniJson.WriteSorted(writer, CniJson.Parse(json))));

    private static string Element(string config, string name, string requests = "") =>
        $$"""
            {"Conf":{"ipam":{ } },"ConfList":{},"CNINetworkConfigList":{"Name":"","CNIVersion":"","DisableCheck":false,"DisableGC":false,"LoadOnlyInlinedPlugins":false,"Plugins":null,"Bytes":null},
            "Name":"{{name}}",{{requests}}"IsFilterV4Gateway":false,"IsFilterV6Gateway":false,"Bytes":"{{Base64(
                config
            )}}"}
            """;

    private static string Base64(string text) => Convert.ToBase64String(Samples.Bytes(text));

    private static Core.Planning.AttachmentPlan Read(params string[] elements) =>
        SandboxRecord.Read(Samples.Bytes($"[{string.Join(',', elements)}]"), SandboxRecordTests.Context());
}
