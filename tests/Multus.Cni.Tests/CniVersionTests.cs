namespace Multus.Cni.Tests;

public sealed class CniVersionTests
{
    [Theory]
    [InlineData(null, "0.1.0")]
    [InlineData("", "0.1.0")]
    [InlineData("1", "1.0.0")]
    [InlineData("1.1", "1.1.0")]
    [InlineData("0.3.1", "0.3.1")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("10.20.30", "10.20.30")]
    public void A_version_has_one_to_three_numbers_and_is_0_1_0_when_missing(string? text, string expected) =>
        Assert.Equal(expected, CniVersion.Parse(text).ToString());

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("1..0")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.x")]
    [InlineData("-1.0.0")]
    [InlineData("+1.0.0")]
    [InlineData(" 1.0.0")]
    [InlineData("1.0.0\n")]
    [InlineData("99999999999.0.0")]
    [InlineData(".")]
    public void What_is_no_version_is_refused_with_code_6(string text)
    {
        var refused = Assert.Throws<CniException>(() => CniVersion.Parse(text));

        Assert.Equal(CniErrorCode.Decode, refused.Error.Code);
        Assert.StartsWith("invalid CNI version ", refused.Message, StringComparison.Ordinal);
        Assert.False(CniVersion.TryParse(text, out _));
    }

    [Fact]
    public void Versions_compare_by_number_and_not_by_text()
    {
        Assert.True(new CniVersion(0, 10, 0) > new CniVersion(0, 9, 9));
        Assert.True(CniVersion.V031 < CniVersion.V040);
        Assert.True(CniVersion.V100 >= CniVersion.Parse("1"));
        Assert.True(CniVersion.V100 <= CniVersion.V110);
        Assert.Equal(0, CniVersion.V110.CompareTo(CniVersion.Latest));
    }

    [Fact]
    public void Exactly_the_seven_published_versions_are_supported() =>
        Assert.Equal(
            ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
            CniVersion.Supported.Select(version => version.ToString())
        );

    [Theory]
    [InlineData("1.1.5", false)]
    [InlineData("0.5.0", false)]
    [InlineData("1.1.0", true)]
    public void A_version_between_published_ones_is_not_supported(string text, bool expected) =>
        Assert.Equal(expected, CniVersion.Parse(text).IsSupported);
}
