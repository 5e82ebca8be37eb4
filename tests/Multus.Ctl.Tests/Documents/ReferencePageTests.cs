using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Multus.TestSupport.Daemons;
using Spectre.Console;

namespace Multus.Ctl.Tests.Documents;

/// <summary>docs/reference/multusctl.md has the commands, options and exit codes that there are, no more and no less.</summary>
public sealed partial class ReferencePageTests
{
    private const string Everywhere = "Options of every command";
    private const string Codes = "Exit codes";

    private static readonly IReadOnlyDictionary<string, string> Sections = Read();

    [Fact]
    public void Every_command_has_a_section_and_every_section_a_command() =>
        Assert.Equal(
            Commands(Root(), "").Select(command => command.Name).Order(StringComparer.Ordinal),
            Sections.Keys.Except([Everywhere, Codes]).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Options_are_those_of_the_commands()
    {
        Assert.Equal(Names(Root().Options.Where(option => option is not VersionOption)), Documented(Everywhere));
        foreach (var (name, command) in Commands(Root(), ""))
            Assert.Equal((name, string.Join(' ', Names(command.Options))), (name, string.Join(' ', Documented(name))));
    }

    [Fact]
    public void Other_names_of_options_are_said()
    {
        foreach (var (name, command) in Commands(Root(), ""))
        {
            foreach (var alias in command.Options.SelectMany(option => option.Aliases))
                Assert.Contains($"Also `{alias}`", Sections[name], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exit_codes_are_those_of_the_program() =>
        Assert.Equal(
            typeof(ExitCode)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)),
            FirstCells(Codes)
        );

    private static IEnumerable<(string Name, Command Command)> Commands(Command of, string before)
    {
        foreach (var command in of.Subcommands)
        {
            var name = before + command.Name;
            if (command.Action is not null)
                yield return (name, command);
            foreach (var inner in Commands(command, $"{name} "))
                yield return inner;
        }
    }

    private static IEnumerable<string> Names(IEnumerable<Option> options) =>
        options.Select(option => option.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Documented(string section) =>
        FirstCells(section)
            .Select(cell => cell.Trim('`'))
            .Where(cell => cell.StartsWith("--", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> FirstCells(string section) =>
        Row()
            .Matches(Sections[section])
            .Select(row => row.Groups["first"].Value)
            .Where(cell => cell is not ("option" or "code" or "kind"));

    private static RootCommand Root() =>
        CommandTree.Of(new Session(TextWriter.Null, TextWriter.Null, AnsiConsole.Console, []));

    private static Dictionary<string, string> Read() =>
        File.ReadAllText(Path.Combine(Binaries.Tree, "docs", "reference", "multusctl.md"))
            .Split("\n## ")
            .Skip(1)
            .ToDictionary(section => section.Split('\n', 2)[0].Trim(), section => section.Split('\n', 2)[1]);

    [GeneratedRegex(@"^\| (?<first>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
