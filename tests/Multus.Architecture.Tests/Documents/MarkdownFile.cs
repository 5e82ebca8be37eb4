using System.Text;
using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Documents;

/// <summary>A document of the tree: its lines, its fenced blocks, its tables, its links and what can be linked to in it.</summary>
internal sealed partial class MarkdownFile
{
    private const string Fence = "```";

    private MarkdownFile(string path, string[] lines)
    {
        Path = path;
        Lines = lines;
        Blocks = [.. BlocksOf(lines)];
    }

    /// <summary>Relative to the root of the tree.</summary>
    public string Path { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<MarkdownBlock> Blocks { get; }

    /// <summary>The targets of its links, without those that lead out of the tree.</summary>
    public IEnumerable<string> Links =>
        Prose()
            .SelectMany(line => Link().Matches(CodeSpan().Replace(line, "")))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !Outside().IsMatch(target));

    /// <summary>Every heading as those who show Markdown name it in links.</summary>
    public IReadOnlyList<string> Anchors =>
        [.. Prose().Where(line => Heading().IsMatch(line)).Select(line => AnchorOf(line.TrimStart('#').Trim()))];

    public static MarkdownFile Read(string relativePath) =>
        new(relativePath, File.ReadAllLines(System.IO.Path.Combine(Repository.Root, relativePath)));

    /// <summary>Every document that is ours, in the order of their paths.</summary>
    public static IReadOnlyList<MarkdownFile> All { get; } =
    [.. Repository.Files(Repository.Root, "*.md").Select(path => Read(Repository.Relative(path)))];

    /// <summary>What stands in backquotes at the beginning of each row of the tables below a heading.</summary>
    /// <param name="heading">Its words; null for the whole document.</param>
    public IReadOnlyList<string> Keys(string? heading = null) =>
        [
            .. Rows(heading)
                .Select(cells => cells[0])
                .Where(cell => cell.StartsWith('`'))
                .Select(cell => cell.Split('`')[1]),
        ];

    /// <summary>The cells of each row of the tables below a heading, without the tables' heads.</summary>
    public IEnumerable<string[]> Rows(string? heading = null)
    {
        var lines = heading is null ? Prose().ToList() : Below(heading);
        for (var i = 0; i < lines.Count; i++)
        {
            var isHead = i + 1 < lines.Count && lines[i + 1].StartsWith("|-", StringComparison.Ordinal);
            if (lines[i].StartsWith('|') && !lines[i].StartsWith("|-", StringComparison.Ordinal) && !isHead)
                yield return CellsOf(lines[i]);
        }
    }

    private List<string> Below(string heading)
    {
        var prose = Prose().ToList();
        var start = prose.FindIndex(line => Heading().IsMatch(line) && line.TrimStart('#').Trim() == heading);
        Assert.True(start >= 0, $"{Path} has no heading '{heading}'");
        var depth = prose[start].TakeWhile(sign => sign == '#').Count();
        return
        [
            .. prose
                .Skip(start + 1)
                .TakeWhile(line => !Heading().IsMatch(line) || line.TakeWhile(sign => sign == '#').Count() > depth),
        ];
    }

    private IEnumerable<string> Prose()
    {
        var isCode = false;
        foreach (var line in Lines)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode)
                yield return line;
        }
    }

    // A bar in a code span is no border.
    private static string[] CellsOf(string row) => [.. row.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    private static IEnumerable<MarkdownBlock> BlocksOf(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;

            var (start, info) = (i + 1, lines[i][Fence.Length..].Trim());
            var text = new StringBuilder();
            for (i++; i < lines.Length && lines[i] != Fence; i++)
                text.Append(lines[i]).Append('\n');
            yield return new MarkdownBlock(start, info, text.ToString());
        }
    }

    private static string AnchorOf(string heading) =>
        NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Outside();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}

/// <param name="Line">Of its first fence, from 1.</param>
/// <param name="Info">What stands behind the first fence.</param>
internal sealed record MarkdownBlock(int Line, string Info, string Text);
