using Multus.Core.Devices;

namespace Multus.Core.Tests.Devices;

/// <summary>Which IDs name a device of the node, whatever the resource: those that are PCI addresses.</summary>
public sealed class PodDeviceTests
{
    [Theory]
    [InlineData("0000:03:02.0")]
    [InlineData("10000:e1:00.7")] // as Intel's volume management device numbers them
    [InlineData("0123abcd:AF:9f.1")]
    public void A_PCI_address_is_one_device_under_any_resource(string id) => Assert.True(IsSameUnderAnyResource(id));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("03:02.0")]
    [InlineData("000:03:02.0")]
    [InlineData("012345678:03:02.0")]
    [InlineData("000g:03:02.0")]
    [InlineData("0000:0g:02.0")]
    [InlineData("0000:03:/2.0")]
    [InlineData("0000:03:02.8")]
    [InlineData("0000:03:02./")]
    [InlineData("0000:03:02.00")]
    [InlineData("0000:03:02:0")]
    [InlineData("0000.03:02.0")]
    [InlineData("0000:03.02.0")]
    [InlineData("0000:003:2.0")]
    [InlineData(" 0000:03:02.0")]
    [InlineData("0000:03:02.0 ")]
    [InlineData("0000:03:02.0\n")]
    [InlineData("0000:03:02.0\r\n")]
    [InlineData("\uff10000:03:02.0")] // a digit, but of another script
    public void Anything_else_is_another_device_in_each_resource(string id) => Assert.False(IsSameUnderAnyResource(id));

    private static bool IsSameUnderAnyResource(string id) =>
        new PodDevice("main", "vendor.com/vf", id).IsSameAs(new PodDevice("main", "vendor.com/rdma", id));
}
