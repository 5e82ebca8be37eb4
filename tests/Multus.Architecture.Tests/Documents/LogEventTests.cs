using System.Globalization;
using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Documents;

/// <summary>
/// The page of log events is made of the sources. Where it is not as they are the test fails, and <c>MULTUS_WRITE_DOCS=1</c> has it written anew.
/// </summary>
public sealed partial class LogEventTests
{
    private const string PagePath = "docs/reference/log-events.md";

    private const string Head = """
        # Log events

        Every line of the log has a number. Search for it; the words may change. Words in braces stand for values.

        This page is made of the sources: `MULTUS_WRITE_DOCS=1 dotnet test tests/Multus.Architecture.Tests` writes it anew.

        | event | level | message |
        |--:|---|---|

        """;

    [Fact]
    public void The_page_has_every_event_of_the_sources_with_its_level_and_its_words()
    {
        var path = Path.Combine(Repository.Root, PagePath);
        var page =
            Head
            + string.Concat(
                Events().Select(found => $"| {found.Id} | {LevelOf(found.Level)} | {Cell(found.Message)} |\n")
            );
        if (Environment.GetEnvironmentVariable("MULTUS_WRITE_DOCS") == "1")
            File.WriteAllText(path, page);

        Assert.Equal(page, File.ReadAllText(path));
    }

    private static List<LogEvent> Events()
    {
        var texts = Repository.CSharpFiles(Repository.Source).Select(File.ReadAllText).ToList();
        var events = texts
            .SelectMany(text => Attribute().Matches(text))
            .Select(Parse)
            .OrderBy(found => found.Id)
            .ThenBy(found => found.Message, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(texts.Sum(text => Start().Count(text)), events.Count); // none is written in a way that is not read here
        return events;
    }

    private static LogEvent Parse(Match attribute)
    {
        var arguments = attribute.Groups["arguments"].Value;
        var id = Id().Match(arguments);
        var message = string.Concat(Literal().Matches(arguments).Select(literal => literal.Groups["text"].Value));
        Assert.True(id.Success && message.Length > 0, attribute.Value);
        var level = Level().Match(arguments);
        return new LogEvent(
            int.Parse(id.Value, CultureInfo.InvariantCulture),
            level.Success ? level.Groups["level"].Value : "",
            message.Replace("\\\"", "\"", StringComparison.Ordinal)
        );
    }

    private static string LevelOf(string level) => level.Length == 0 ? "as it is" : level.ToLowerInvariant();

    private static string Cell(string message) => message.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Start();

    [GeneratedRegex(@"\[LoggerMessage\((?<arguments>(?:[^""\]]|""(?:[^""\\]|\\.)*"")*)\)\]", RegexOptions.Singleline)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Id();

    [GeneratedRegex(@"LogLevel\.(?<level>\w+)")]
    private static partial Regex Level();

    [GeneratedRegex(@"""(?<text>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Literal();

    private sealed record LogEvent(int Id, string Level, string Message);
}
