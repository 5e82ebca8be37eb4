namespace Multus.ActorKernel.Tests.Kernel;

/// <summary>What the built-in parser promises beyond Akka.NET's, which takes half a document without a word: errors that say where and what.</summary>
public class StrictHoconTests
{
    [Theory]
    [InlineData("a = \"x", "line 1, column 5: this string has no closing quote")]
    [InlineData("a = \"\"\"x", "line 1, column 5: this string has no closing \"\"\"")]
    [InlineData("a {\n  b = 1\n", "line 1, column 3: this '{' has no closing '}'")]
    [InlineData("a = [1,\n2", "line 1, column 5: this '[' has no closing ']'")]
    [InlineData("a = 1\n}", "line 2, column 1: '}' closes nothing")]
    [InlineData("a = 1\n  b c = 2", "line 2, column 5: after the key 'b' there must be '=', ':' or '{', not 'c'")]
    [InlineData("a =\n", "the value of 'a' is missing")]
    [InlineData("a = , b = 1", "line 1, column 5: the value of 'a' is missing: ',' is no value")]
    [InlineData("= 1", "line 1, column 1: a key is expected here, not '='")]
    [InlineData("a..b = 1", "line 1, column 3: a key is expected here, not '.'")]
    [InlineData("a { b = 1 } c = 2", "line 1, column 3: text, arrays and objects cannot stand side by side in one value; is a comma or a new line missing?")]
    [InlineData("a = [1] }", "line 1, column 9: a comma or a new line must come before '}'")]
    [InlineData("a = [1 2] [ {} ] x", "text, arrays and objects cannot stand side by side")]
    [InlineData("a = \"\\q\"", "line 1, column 7: '\\q' is no escape")]
    [InlineData("include \"other.conf\"", "line 1, column 1: 'include' is not supported")]
    [InlineData("a = [1]\na += 2", "line 2, column 3: '+=' is not supported")]
    [InlineData("a = $b", "line 1, column 5: '$' begins a substitution")]
    [InlineData("a = ${b", "line 1, column 5: this '${' has no closing '}'")]
    [InlineData("x = 1\na = ${b.c}", "line 2, column 5: ${b.c} leads to no value of this document")]
    [InlineData("a = ${b}\nb = ${a}", "depends on itself")]
    [InlineData("a = ${a}", "depends on itself")]
    public void An_error_says_where_and_what(string hocon, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(hocon));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("HOCON, line ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = 1\na = ${?missing}", "1")]
    [InlineData("x = 1\na = ${?missing}${x}", "1")]
    [InlineData("a = 1\na = ${a}2", "12")]
    public void What_an_optional_or_self_referring_substitution_leaves_is_the_value_before(string hocon, string expected) =>
        Assert.Equal(expected, ConfigurationFactory.ParseString(hocon).GetString("a"));

    [Fact]
    public void An_object_can_build_on_another()
    {
        var config = ConfigurationFactory.ParseString("a = ${base} { y = 2 }\nbase { x = 1 }\nbase.x = 3");

        Assert.Equal(3, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
    }

    [Fact]
    public void A_list_can_be_lengthened() =>
        Assert.Equal(["x", "y"], ConfigurationFactory.ParseString("a = [x]\na = ${a} [y]").GetStringList("a"));

    [Fact]
    public void A_value_of_the_wrong_kind_is_named_with_its_path_and_place()
    {
        var config = ConfigurationFactory.ParseString("a {\n  n = many\n  d = 10 parsecs\n  b = maybe\n  o { }\n  s = 3 stones\n}");

        Error("a.n must be a whole number, but is 'many' (line 2, column 7)", () => config.GetInt("a.n"));
        Error("a.d must be a duration like 10s, 500ms or infinite, but is '10 parsecs' (line 3, column 7)", () => config.GetTimeSpan("a.d"));
        Error("a.b must be on, off, true or false, but is 'maybe' (line 4, column 7)", () => config.GetBoolean("a.b"));
        Error("a.o must be text, but is an object (line 5, column 5)", () => config.GetString("a.o"));
        Error("a.s must be a size like 64KiB, 1MB or 512, but is '3 stones' (line 6, column 7)", () => config.GetByteSize("a.s", null));
        Error("a.n must be an object, but is 'many' (line 2, column 7)", () => config.GetConfig("a.n"));
        Error("a.n must be an array, but is 'many' (line 2, column 7)", () => config.GetStringList("a.n"));
    }

    [Fact]
    public void A_system_says_which_setting_it_cannot_work_with()
    {
        Error("akka.loggers names 'Some.Logger', which this runtime does not have", () => ActorSystem.Create("bad", "akka.loggers = [\"Some.Logger\"]"));
        Error("akka.scheduler.implementation names 'Some.Scheduler'", () => ActorSystem.Create("bad", "akka.scheduler.implementation = Some.Scheduler"));
        Error("Unknown log level 'LOUD'", () => ActorSystem.Create("bad", "akka.loglevel = LOUD"));
        Error("default-dispatcher.throughput is 0", () => ActorSystem.Create("bad", "akka.actor.default-dispatcher.throughput = 0"));
        Error("default-dispatcher.type is 'Fancy'", () => ActorSystem.Create("bad", "akka.actor.default-dispatcher.type = Fancy"));
        Error("circle", () => ActorSystem.Create("bad", "akka.coordinated-shutdown.phases.service-unbind.depends-on = [service-stop]"));
    }

    private static void Error(string expected, Func<object?> code) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => code()).Message, StringComparison.Ordinal);
}
