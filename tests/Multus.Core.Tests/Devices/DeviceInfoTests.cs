using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Tests.Devices;

/// <summary>Where device information is, and what of it counts (attach.md §9.4).</summary>
public sealed class DeviceInfoTests
{
    private const string Device = "0000:03:02.0";

    [Fact]
    public void An_attachment_with_a_device_has_a_file_of_its_own_under_the_folder_that_is_configured()
    {
        var plan = Plan($$"""[{"name":"n","deviceID":"{{Device}}"},{"name":"n"}]""", ",\"deviceInfoDir\":\"/run/x/\"");

        Assert.Equal(
            new DeviceInfoLocation("/run/x/cni/test-n-c1_net1", null),
            DeviceInfoLocation.Of(plan.Attachments[1])
        );
        Assert.Null(DeviceInfoLocation.Of(plan.Attachments[0]));
        Assert.Null(DeviceInfoLocation.Of(plan.Attachments[2]));
    }

    [Theory]
    [InlineData("intel.com/sriov", Device, "intel.com-sriov-0000:03:02.0-device.json")]
    [InlineData("a/b/c", "x/../../y", "a-b-c-x-..-..-y-device.json")]
    [InlineData("..", "..", "..-..-device.json")]
    [InlineData("a", "\0", "a---device.json")]
    public void The_device_plugins_file_is_directly_in_its_folder_whatever_the_names_say(
        string resource,
        string device,
        string name
    )
    {
        var attachment = Plan($$"""[{"name":"n","deviceID":"{{Device}}"}]""").Attachments[1] with
        {
            ResourceName = resource,
            DeviceId = device,
        };

        Assert.Equal($"{DeviceInfoLocation.DefaultFolder}/dp/{name}", DeviceInfoLocation.Of(attachment)?.Source);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/x/cni/test-n-c1_net2")]
    [InlineData("/x/other/test-n-c1_net1")]
    [InlineData("/x/cni/../../etc/cni/y/../n-c1_net1")]
    [InlineData("relative")]
    [InlineData("")]
    public void A_file_that_the_runtime_chose_is_not_ours(string path)
    {
        var plan = Plan("n", $",\"runtimeConfig\":{{\"CNIDeviceInfoFile\":\"{path}\"}}");

        Assert.Null(DeviceInfoLocation.Of(plan.Attachments[1]));
    }

    [Fact]
    public void Information_has_upstreams_keys_in_upstreams_order()
    {
        const string file = """
            {"pci":{"representor-device":"rep0","pci-address":"0000:03:02.0","own":1,"rdma-device":""},"Version":"1.1.0","type":"pci","vendor":{"x":1},
            "vdpa":null,"memif":{"mode":"ethernet","role":"slave"}}
            """;

        Assert.True(DeviceInformation.TryParse(Samples.Bytes(file), out var information));
        Assert.Equal(
            """{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:03:02.0","representor-device":"rep0"},"memif":{"role":"slave","mode":"ethernet"}}""",
            information.GetRawText()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"pci":"x"}""")]
    [InlineData("""{"pci":{"pci-address":7}}""")]
    public void What_is_no_information_is_passed_over(string file) =>
        Assert.False(DeviceInformation.TryParse(Samples.Bytes(file), out _));

    private static AttachmentPlan Plan(string networks, string settings = "") =>
        Samples.Plan(
            Samples.Request(Samples.Configuration(settings)),
            Samples.Pod(networks),
            Samples.Nad("test", "n", Samples.BridgeConf)
        );
}
