namespace Multus.ActorContract.Tests;

public class ConfigTests
{
    [Theory]
    [InlineData("a = 1")]
    [InlineData("a : 1")]
    [InlineData("a=1")]
    [InlineData("{ a = 1 }")]
    [InlineData("{ a : 1, }")]
    [InlineData("{\"a\": 1}")]
    [InlineData("# comment\na = 1 # more\n// last")]
    [InlineData("a = 2\na = 1")]
    [InlineData("\n\n  a\t=\t1  \n\n")]
    [InlineData("b = 1\na = ${b}")]
    public void One_value_can_be_written_in_many_ways(string hocon) => Assert.Equal(1, ConfigurationFactory.ParseString(hocon).GetInt("a"));

    [Theory]
    [InlineData("a.b.c = x")]
    [InlineData("a { b { c = x } }")]
    [InlineData("a { b.c = x }")]
    [InlineData("a.b { c : x }")]
    [InlineData("a { b { d = y } }\na { b { c = x } }")]
    [InlineData("a { b { c = y } }\na.b.c = x")]
    public void Paths_can_be_written_in_many_ways_and_objects_merge(string hocon) =>
        Assert.Equal("x", ConfigurationFactory.ParseString(hocon).GetString("a.b.c"));

    [Theory]
    [InlineData("a = plain text", "plain text")]
    [InlineData("a = plain text   # comment", "plain text")]
    [InlineData("a = \"quoted # text\"", "quoted # text")]
    [InlineData("a = \"tab\\tquote\\\" \\u0041\"", "tab\tquote\" A")]
    [InlineData("a = \"\"\"one\ntwo \"three\" \\n\"\"\"", "one\ntwo \"three\" \\n")]
    [InlineData("a = \"\"", "")]
    [InlineData("b = x\na = ${b}-y", "x-y")]
    [InlineData("b = x\na = pre ${b} post", "pre x post")]
    [InlineData("a = /run/multus/multus.sock", "/run/multus/multus.sock")]
    [InlineData("a = 1.5", "1.5")]
    public void Text(string hocon, string expected) => Assert.Equal(expected, ConfigurationFactory.ParseString(hocon).GetString("a"));

    [Fact]
    public void Keys_with_dots_are_quoted()
    {
        var config = ConfigurationFactory.ParseString("a.\"b.c\".d = x\n\"e.f\" = y");

        Assert.Equal("x", config.GetString("a.\"b.c\".d"));
        Assert.Equal("y", config.GetString("\"e.f\""));
    }

    [Theory]
    [InlineData("a = [x, y]", "x,y")]
    [InlineData("a = [x, y,]", "x,y")]
    [InlineData("a = [\n  x\n  y # comment\n]", "x,y")]
    [InlineData("a = [ \"x\" , y ]", "x,y")]
    [InlineData("a = []", "")]
    [InlineData("b = [x]\na = ${b} [y]", "x,y")]
    public void Arrays(string hocon, string expected) =>
        Assert.Equal(expected, string.Join(',', ConfigurationFactory.ParseString(hocon).GetStringList("a")));

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void Booleans(string text, bool expected) => Assert.Equal(expected, ConfigurationFactory.ParseString($"a = {text}").GetBoolean("a", !expected));

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("500", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("10 s", 10_000)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("infinite", -1)]
    public void Durations(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512b", 512)]
    [InlineData("64KiB", 65_536)]
    [InlineData("64k", 65_536)]
    [InlineData("1kB", 1_000)]
    [InlineData("1 MB", 1_000_000)]
    [InlineData("2MiB", 2_097_152)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a", null));

    [Fact]
    public void What_is_missing_has_the_default_of_the_caller()
    {
        var config = ConfigurationFactory.ParseString("a { b = 1 }");

        Assert.Null(config.GetString("x"));
        Assert.Equal("d", config.GetString("x", "d"));
        Assert.Equal(7, config.GetInt("a.x", 7));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("a.b.c", TimeSpan.FromSeconds(3)));
        Assert.Null(config.GetConfig("x"));
        Assert.False(config.HasPath("a.x"));
        Assert.True(config.HasPath("a.b"));
        Assert.True(config.GetConfig("a")!.HasPath("b"));
    }

    [Fact]
    public void A_fallback_fills_in_what_is_missing_at_any_depth()
    {
        var config = ConfigurationFactory.ParseString("a { b = 1, c { d = 2 } }")
            .WithFallback(ConfigurationFactory.ParseString("a { b = 9, c { d = 9, e = 3 } }\nf = 4"));

        Assert.Equal(1, config.GetInt("a.b"));
        Assert.Equal(2, config.GetInt("a.c.d"));
        Assert.Equal(3, config.GetInt("a.c.e"));
        Assert.Equal(4, config.GetInt("f"));
    }

    [Fact]
    public void Substitutions_see_what_is_written_later_and_whole_objects() =>
        Assert.Equal(3, ConfigurationFactory.ParseString("a = ${base}\nbase { x = 1 }\nbase.x = 3").GetInt("a.x"));

    [Fact]
    public void A_substitution_that_leads_nowhere_is_refused() => Assert.ThrowsAny<Exception>(() => ConfigurationFactory.ParseString("a = ${b}"));

    [Fact]
    public void A_system_keeps_its_configuration_with_the_defaults_below()
    {
        using var system = ActorSystem.Create("configured", ConfigurationFactory.ParseString("mine.value = 5"));

        Assert.Equal(5, system.Settings.Config.GetInt("mine.value"));
        Assert.True(system.Settings.Config.GetInt("akka.actor.default-dispatcher.throughput") > 0);
    }
}
