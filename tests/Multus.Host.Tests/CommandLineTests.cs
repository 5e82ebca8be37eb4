namespace Multus.Host.Tests;

public class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_usual_file_is_read() =>
        Assert.Equal(new CommandLine.Run(CommandLine.DefaultConfigurationFile, null), CommandLine.Parse([]));

    [Theory]
    [InlineData("-config", "/a", "-hocon", "/b")]
    [InlineData("--config", "/a", "--hocon", "/b")]
    [InlineData("-config=/a", "--hocon=/b")]
    public void Flags_take_one_dash_or_two_and_their_value_either_way(params string[] args) =>
        Assert.Equal(new CommandLine.Run("/a", "/b"), CommandLine.Parse(args));

    [Fact]
    public void The_version_can_be_asked_for() => Assert.IsType<CommandLine.Version>(CommandLine.Parse(["-version"]));

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("-config", "/a", "-help")]
    [InlineData("pending", "list", "--help")]
    public void Help_can_be_asked_for_anywhere(params string[] args) =>
        Assert.IsType<CommandLine.Help>(CommandLine.Parse(args));

    [Fact]
    public void The_self_test_can_be_asked_for() =>
        Assert.IsType<CommandLine.SelfTest>(CommandLine.Parse(["-selftest"]));

    [Theory]
    [InlineData("unknown argument -x", "-x")]
    [InlineData("unknown argument config", "config")]
    [InlineData("-config needs a file", "-config")]
    public void Anything_else_is_refused_by_name(string reason, params string[] args) =>
        Assert.Equal(new CommandLine.Wrong(reason), CommandLine.Parse(args));
}
