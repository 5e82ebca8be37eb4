namespace Multus.ActorContract.Tests;

/// <summary>
/// What our reader of settings relies on of Akka's HOCON, and what it has to check itself because Akka says nothing.
/// </summary>
public class HoconTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("4m", 240_000)]
    public void Durations(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1MiB", 1_048_576)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, Parse($"a = {text}").GetByteSize("a", null));

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public void Switches(string text, bool expected) =>
        Assert.Equal(expected, Parse($"a = {text}").GetBoolean("a", !expected));

    [Fact]
    public void A_fallback_fills_in_what_is_missing_at_any_depth()
    {
        var config = Parse("a { b = 1 }").WithFallback(Parse("a { b = 9, c { d = 3 } }"));

        Assert.Equal((1, 3), (config.GetInt("a.b"), config.GetInt("a.c.d")));
    }

    [Fact]
    public void Two_keys_on_a_line_after_a_brace_are_refused() =>
        Assert.ThrowsAny<Exception>(() => Parse("a { b = 1 }, c = 2"));

    [Fact]
    public void Yes_is_no_switch() => Assert.ThrowsAny<Exception>(() => Parse("a = yes").GetBoolean("a"));

    [Fact]
    public void Appending_to_a_list_is_ignored() => Assert.Equal(["1"], Parse("a = [1]\na += 2").GetStringList("a"));

    [Fact]
    public void A_variable_of_the_environment_is_not_read_and_costs_the_value_before_it() =>
        Assert.Null(Parse("a = here\na = ${?PATH}").GetString("a"));

    [Fact]
    public void A_byte_order_mark_loses_the_first_key() => Assert.False(Parse("\uFEFFa = 1\nb = 2").HasPath("a"));

    [Fact]
    public void A_line_of_junk_swallows_the_next_setting() => Assert.False(Parse("junk\na = 1\nb = 2").HasPath("a"));

    [Fact]
    public void A_torn_file_is_accepted() => Assert.Equal(1, Parse("a { b = 1\nc {").GetInt("a.b"));

    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);
}
