using System.Collections.Immutable;
using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Core.Tests.Devices;

/// <summary>
/// Which network gets which of the pod's devices, and how its plugins learn of it (attach.md §9.1, §9.3).
/// </summary>
public sealed class DevicePlanTests
{
    private const string Resource = "intel.com/sriov";

    private static readonly ImmutableArray<PodDevice> Devices =
    [
        new("main", Resource, "0000:03:02.0"),
        new("main", Resource, "0000:03:02.3"),
    ];

    [Fact]
    public void A_network_of_a_resource_gets_the_next_device_in_its_configuration_and_as_capability()
    {
        var plan = Plan("vf,plain,vf");

        Assert.Equal([null, "0000:03:02.0", null, "0000:03:02.3"], plan.Attachments.Select(a => a.DeviceId));
        Assert.Equal(Resource, plan.Attachments[1].ResourceName);
        Assert.Equal(
            """{"cniVersion":"0.3.1","deviceID":"0000:03:02.0","name":"vf","pciBusID":"0000:03:02.0","type":"sriov"}""",
            Text(plan.Attachments[1])
        );
        Assert.StartsWith(
            "deviceID=\"0000:03:02.0\" CNIDeviceInfoFile=",
            Samples.Capabilities(plan.Attachments[1]),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "/dp/intel.com-sriov-0000:03:02.0-device.json",
            DeviceInfoLocation.Of(plan.Attachments[1])?.Source,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"type":"a"}""", """{"deviceID":"d","pciBusID":"d","type":"a"}""")]
    [InlineData("""{"deviceID":"old","type":"a"}""", """{"deviceID":"d","pciBusID":"d","type":"a"}""")]
    [InlineData(
        """{"name":"l","plugins":[{"type":"a"}]}""",
        """{"name":"l","plugins":[{"deviceID":"d","pciBusID":"d","type":"a"}]}"""
    )]
    [InlineData(
        """{"name":"l","plugins":[{"type":"a"},{"x":12345678901234567890,"type":"b"}]}""",
        """{"name":"l","plugins":[{"deviceID":"d","pciBusID":"d","type":"a"},{"deviceID":"d","pciBusID":"d","type":"b","x":12345678901234567890}]}"""
    )]
    public void Edge_019_020_021_022_a_device_is_put_into_every_plugin_under_both_names(
        string network,
        string expected
    ) =>
        Assert.Equal(
            expected,
            Encoding.UTF8.GetString(NetworkConfiguration.Parse(Samples.Bytes(network)).WithDevice("d").Bytes.Span)
        );

    [Fact]
    public void A_device_that_the_pod_names_is_offered_only_when_kubelet_gave_none()
    {
        var plan = Plan("""[{"name":"vf","deviceID":"mine"},{"name":"plain","deviceID":"mine"}]""");

        Assert.Equal([null, "0000:03:02.0", "mine"], plan.Attachments.Select(a => a.DeviceId));
        Assert.Null(plan.Attachments[2].ResourceName);
        Assert.DoesNotContain("pciBusID", Text(plan.Attachments[2]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_of_the_pod_that_a_network_names_is_its_device()
    {
        var plan = Plan("""[{"name":"vf"},{"name":"vf","deviceID":"0000:03:02.0"}]""");

        Assert.Equal([null, "0000:03:02.3", "0000:03:02.0"], plan.Attachments.Select(a => a.DeviceId));
        Assert.Equal(Resource, plan.Attachments[2].ResourceName);
    }

    [Theory]
    [InlineData("""[{"name":"vf","device-container":"side"}]""", "container 'side', which has none")]
    [InlineData(
        """[{"name":"plain","device-container":"main"}]""",
        "network test/plain is to take a device of container 'main', but takes no device"
    )]
    [InlineData("""[{"name":"vf","device-container":"../x"}]""", "'device-container' is \"../x\"")]
    public void A_container_whose_device_cannot_be_taken_is_refused(string networks, string words) =>
        Assert.Contains(
            words,
            Assert.Throws<CniException>(() => Plan(networks)).Error.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_container_that_a_network_names_is_on_record()
    {
        var plan = Plan("""[{"name":"vf","device-container":"main"}]""");

        var back = SandboxRecord
            .Read(SandboxRecord.Write(plan), new RecordContext(plan.Sandbox, null, "eth0", PodIdentity.None, []))
            .Attachments[1];

        Assert.Equal(("0000:03:02.0", "main"), (back.DeviceId, back.Selection?.DeviceContainer));
    }

    [Fact]
    public void A_network_that_finds_no_device_left_is_refused_before_anything_runs()
    {
        Assert.Contains(
            $"network test/vf takes a device of {Resource}, and the pod has none left",
            Assert.Throws<CniException>(() => Plan("vf,vf,vf")).Error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "mine",
            Plan("""[{"name":"vf"},{"name":"vf"},{"name":"vf","deviceID":"mine"}]""").Attachments[3].DeviceId
        );
    }

    [Fact]
    public void The_pods_own_default_network_takes_from_the_same_pool()
    {
        var plan = Plan("vf", (Dialect.Multus.DefaultNetworkAnnotation!, "test/vf"));

        Assert.Equal(["0000:03:02.0", "0000:03:02.3"], plan.Attachments.Select(a => a.DeviceId));
        Assert.StartsWith(
            "deviceID=\"0000:03:02.0\" CNIDeviceInfoFile=",
            Samples.Capabilities(plan.Attachments[0]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_record_has_device_and_resource_where_upstream_looks_for_them()
    {
        var plan = Plan("vf");
        var bytes = SandboxRecord.Write(plan);

        var element = Samples.Json(Encoding.UTF8.GetString(bytes))[1];
        Assert.Equal(
            ("0000:03:02.0", Resource),
            (element.GetProperty("deviceID").GetString(), element.GetProperty("resourceName").GetString())
        );
        var back = SandboxRecord
            .Read(bytes, new RecordContext(plan.Sandbox, null, "eth0", PodIdentity.None, []))
            .Attachments[1];
        Assert.Equal(DeviceInfoLocation.Of(plan.Attachments[1]), DeviceInfoLocation.Of(back));
    }

    private static string Text(PlannedAttachment attachment) =>
        Encoding.UTF8.GetString(attachment.Configuration.Bytes.Span);

    private static AttachmentPlan Plan(string networks, params (string, string)[] more)
    {
        var request = Samples.Request();
        var pod = Samples.Pod(networks, null, more);
        var demand = AttachmentPlanner.Demand(request.Configuration, pod);
        NetworkAttachmentDefinition[] nads =
        [
            Samples.Nad(
                "test",
                "vf",
                """{"cniVersion":"0.3.1","type":"sriov"}""",
                (NetworkAttachmentDefinition.ResourceNameAnnotation, Resource)
            ),
            Samples.Nad("test", "plain", """{"cniVersion":"0.3.1","type":"bridge"}"""),
        ];
        var known = new ResolvedNetworks(
            nads.ToDictionary(nad => nad.Key),
            demand.Paths.ToImmutableDictionary(path => path.Value, _ => Samples.Network(Samples.ClusterList)),
            Samples.Folder("/c")
        )
        {
            Devices = Devices,
        };
        return AttachmentPlanner.Plan(request, pod, demand, known);
    }
}
