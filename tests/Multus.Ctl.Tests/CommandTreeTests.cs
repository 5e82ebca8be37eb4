using System.CommandLine;
using Spectre.Console;

namespace Multus.Ctl.Tests;

public sealed class CommandTreeTests
{
    [Fact]
    public void Every_command_has_an_example_and_a_description()
    {
        foreach (var command in Leaves(Root()))
        {
            Assert.NotEmpty(command.Description!);
            Assert.NotEmpty(Assert.IsType<ExampledCommand>(command).Examples);
        }
    }

    [Fact]
    public void Every_example_is_a_command_line_that_is_understood()
    {
        foreach (var (line, _) in Leaves(Root()).OfType<ExampledCommand>().SelectMany(command => command.Examples))
        {
            var from = line.IndexOf("multusctl ", StringComparison.Ordinal);
            Assert.True(from >= 0, line);
            var own = line[(from + "multusctl ".Length)..].Split('|', ')', '>')[0];
            Assert.Empty(Root().Parse(own).Errors);
        }
    }

    [Fact]
    public async Task Help_of_a_command_ends_with_its_examples()
    {
        var ran = await Ctl.RunAsync("completion", "--help");

        Assert.Equal(ExitCode.Success, ran.Status);
        Assert.Contains("Examples:", ran.Output, StringComparison.Ordinal);
        Assert.Contains("multusctl completion bash", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("completion", "tcsh")]
    [InlineData("completion")]
    [InlineData("nonsense")]
    [InlineData("completion", "bash", "--output", "xml")]
    public async Task A_wrong_command_line_says_what_is_wrong_and_ends_with_64(params string[] args)
    {
        var ran = await Ctl.RunAsync(args);

        Assert.Equal(ExitCode.Usage, ran.Status);
        Assert.NotEmpty(ran.Errors);
    }

    [Fact]
    public void The_program_suggests_its_commands_to_shells()
    {
        var suggestions = Root().Parse("comp").GetCompletions().Select(item => item.Label);

        Assert.Contains("completion", suggestions);
    }

    private static RootCommand Root() =>
        CommandTree.Of(new Session(TextWriter.Null, TextWriter.Null, AnsiConsole.Console, []));

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
