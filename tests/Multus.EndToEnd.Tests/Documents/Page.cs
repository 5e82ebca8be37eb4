using System.Text;
using Multus.EndToEnd.Tests.Deployment;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>A document and its fenced blocks, in order.</summary>
internal sealed record Page(string Path, IReadOnlyList<PageBlock> Blocks)
{
    private const string Fence = "```";

    /// <param name="path">Relative to the root of the tree.</param>
    public static Page Read(string path) =>
        new(path, [.. BlocksOf(File.ReadAllLines(System.IO.Path.Combine(DeployedFiles.Root, path)))]);

    /// <summary>Paths of every page for users below docs, in order.</summary>
    public static IEnumerable<string> PathsIn(string folder) =>
        Directory
            .EnumerateFiles(System.IO.Path.Combine(DeployedFiles.Root, "docs", folder), "*.md")
            .Select(file => $"docs/{folder}/{System.IO.Path.GetFileName(file)}")
            .Order(StringComparer.Ordinal);

    /// <summary>The first cell of each row of its tables that is in backquotes, without them.</summary>
    public static IEnumerable<string> KeysOf(string path) =>
        File.ReadLines(System.IO.Path.Combine(DeployedFiles.Root, path))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

    private static IEnumerable<PageBlock> BlocksOf(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;

            var (line, language) = (i + 1, lines[i][Fence.Length..].Trim());
            var text = new StringBuilder();
            for (i++; lines[i] != Fence; i++)
                text.Append(lines[i]).Append('\n');
            yield return new PageBlock(line, language, text.ToString());
        }
    }
}

/// <param name="Line">Of its first fence, from 1.</param>
internal sealed record PageBlock(int Line, string Language, string Text);
