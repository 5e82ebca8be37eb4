using Multus.Cni.Results;

namespace Multus.Cni.Tests.Results;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.1.2.3/32")]
    [InlineData("::/0")]
    [InlineData("::0/0")]
    [InlineData("fd00::1/128")]
    [InlineData("::ffff:10.0.0.1/120")]
    public void An_address_with_a_prefix_length_is_one(string text) => Assert.True(AddressText.IsCidr(text));

    [Theory]
    [InlineData("")]
    [InlineData("10.1.2.3")]
    [InlineData("10.1.2.3/33")]
    [InlineData("10.1.2.3/-1")]
    [InlineData("10.1.2.3/")]
    [InlineData("10.1.2/24")]
    [InlineData("10.1.2.3.4/24")]
    [InlineData("010.1.2.3/24")]
    [InlineData("256.1.2.3/24")]
    [InlineData("0x0a.1.2.3/24")]
    [InlineData("1/8")]
    [InlineData("fd00::1/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[fd00::1]/64")]
    [InlineData("fd00::1/64/64")]
    [InlineData("fd00::1::2/64")]
    public void Anything_else_is_none(string text) => Assert.False(AddressText.IsCidr(text));

    [Theory]
    [InlineData("10.1.2.3/24", "4")]
    [InlineData("10.1.2.3", "4")]
    [InlineData("::ffff:10.0.0.1/120", "4")]
    [InlineData("fd00::1/64", "6")]
    [InlineData("::/0", "6")]
    public void Ipv4_inside_ipv6_counts_as_ipv4(string text, string expected) =>
        Assert.Equal(expected, AddressText.FamilyOf(text));
}
