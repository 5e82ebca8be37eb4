using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Planning;

public sealed class CapabilityArgumentsTests
{
    private const string HostPorts = "\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]";
    private static readonly NetworkAttachmentDefinition Bridge = Samples.Nad("test", "n", Samples.BridgeConf);

    [Fact]
    public void Edge_047_the_runtimes_values_reach_every_network()
    {
        var plan = PlanOf(HostPorts, "n");

        const string expected = """portMappings=[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]""";
        Assert.Equal([expected, expected], plan.Attachments.Select(Samples.Capabilities));
    }

    [Fact]
    public void What_the_pod_asks_of_a_network_replaces_the_runtimes_value_there_only()
    {
        var plan = PlanOf(
            $"{HostPorts},\"mac\":\"02:00:00:00:00:01\"",
            """
            [{"name":"n","ips":["10.10.1.9/16"],"mac":"02:00:00:00:00:09","infiniband-guid":"02:00:5e:10:00:00:00:01",
            "bandwidth":{"ingressRate":1,"ingressBurst":2},"portMappings":[{"hostPort":1,"containerPort":2}]}]
            """
        );

        Assert.Equal(
            """portMappings=[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}] mac="02:00:00:00:00:01" """.TrimEnd(),
            Samples.Capabilities(plan.Attachments[0])
        );
        Assert.Equal(
            """
            portMappings=[{"hostPort":1,"containerPort":2}] bandwidth={"ingressRate":1,"ingressBurst":2} ips=["10.10.1.9/16"] mac="02:00:00:00:00:09" infinibandGUID="02:00:5e:10:00:00:00:01"
            """,
            Samples.Capabilities(plan.Attachments[1])
        );
    }

    [Theory]
    [InlineData("""[{"name":"n","portMappings":[]}]""", "")]
    [InlineData(
        """[{"name":"n","portMappings":null}]""",
        """portMappings=[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]"""
    )]
    public void An_empty_list_of_the_pods_own_keeps_its_host_ports_off_a_network(string networks, string expected) =>
        Assert.Equal(expected, Samples.Capabilities(PlanOf(HostPorts, networks).Attachments[1]));

    [Fact]
    public void What_the_runtime_says_of_the_pod_reaches_every_network_also_what_upstream_does_not_know() =>
        Assert.Equal(
            ["""cgroupPath="/kubepods/p1" """.TrimEnd(), """cgroupPath="/kubepods/p1" """.TrimEnd()],
            PlanOf("\"cgroupPath\":\"/kubepods/p1\"", "n").Attachments.Select(Samples.Capabilities)
        );

    [Fact]
    public void An_ipam_claim_is_on_offer_to_the_network_that_it_is_asked_of()
    {
        var plan = PlanOf(
            "\"ipam-claim-reference\":\"of-nobody\"",
            """[{"name":"n","ips":["10.10.1.9/16"],"ipam-claim-reference":"vm1.tenantblue"},{"name":"n"}]"""
        );

        Assert.Equal(
            """ips=["10.10.1.9/16"] ipam-claim-reference="vm1.tenantblue" """.TrimEnd(),
            Samples.Capabilities(plan.Attachments[1])
        );
        Assert.Equal("", Samples.Capabilities(plan.Attachments[2]));
    }

    [Fact]
    public void Capabilities_that_describe_the_cluster_network_are_kept_for_it()
    {
        var plan = PlanOf(
            """
            "ipRanges":[[{"subnet":"10.1.0.0/24"}]],"dns":{"servers":["10.0.0.10"]}
            """,
            "n"
        );

        Assert.Equal(
            """ipRanges=[[{"subnet":"10.1.0.0/24"}]] dns={"servers":["10.0.0.10"]}""",
            Samples.Capabilities(plan.Attachments[0])
        );
        Assert.Equal("", Samples.Capabilities(plan.Attachments[1]));
    }

    [Fact]
    public void Empty_values_are_not_on_offer() =>
        Assert.Equal(
            "bandwidth={}",
            Samples.Capabilities(
                PlanOf("\"portMappings\":[],\"mac\":\"\",\"ips\":null,\"bandwidth\":{}", "n").Attachments[1]
            )
        );

    [Fact]
    public void Edge_049_a_device_brings_the_file_that_tells_of_it()
    {
        var plan = PlanOf("\"mac\":\"02:00:00:00:00:01\"", """[{"name":"n","deviceID":"0000:03:02.0"}]""");

        Assert.Equal(
            """mac="02:00:00:00:00:01" deviceID="0000:03:02.0" CNIDeviceInfoFile="/var/run/k8s.cni.cncf.io/devinfo/cni/test-n-c1_net1" """.TrimEnd(),
            Samples.Capabilities(plan.Attachments[1])
        );
        Assert.Equal("""mac="02:00:00:00:00:01" """.TrimEnd(), Samples.Capabilities(plan.Attachments[0]));
    }

    private static AttachmentPlan PlanOf(string runtimeConfig, string networks) =>
        Samples.Plan(
            Samples.Request(Samples.Configuration($",\"runtimeConfig\":{{{runtimeConfig}}}")),
            Samples.Pod(networks),
            Bridge
        );
}
