using Multus.Configuration;

namespace Multus.Host.Tests.Configuration;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("90s", 90)]
    [InlineData("0.5s", 0.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("1000us", 0.001)]
    [InlineData("1000\u00b5s", 0.001)]
    [InlineData("1000000ns", 0.001)]
    [InlineData("2h45m30.5s", 9930.5)]
    public void Numbers_with_units_are_added(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-10m")]
    [InlineData("10 m")]
    [InlineData("10d")]
    [InlineData("1.2.3s")]
    [InlineData(".")]
    [InlineData("10m5")]
    [InlineData("99999999999999h")]
    public void Anything_else_is_no_duration(string text) => Assert.Null(GoDuration.Parse(text));
}
