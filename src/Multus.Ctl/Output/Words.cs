using System.Text;
using Spectre.Console;

namespace Multus.Ctl.Output;

/// <summary>Texts that come from plugins, files and the cluster, for a terminal.</summary>
internal static class Words
{
    /// <summary>
    /// Without control characters, which could move the cursor or change colours, and without those that turn the
    /// direction in which the rest is read.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsActing))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
            clean.Append(IsActing(letter) ? ' ' : letter);
        return clean.ToString();
    }

    /// <summary>As a cell or a line that has no markup in it.</summary>
    public static Text Plain(string text, Style? style = null) => new(Clean(text), style);

    /// <summary>The same of several lines.</summary>
    public static Text Lines(params IEnumerable<string> lines) => new(string.Join('\n', lines.Select(Clean)));

    /// <summary>Writes a line that has no markup in it.</summary>
    public static void Line(IAnsiConsole console, string text) => console.WriteLine(Clean(text));

    /// <summary>For a text that has markup around it.</summary>
    public static string Escaped(string text) => Markup.Escape(Clean(text));

    /// <summary>"12.3 ms", "4.5 s".</summary>
    public static string Duration(double milliseconds) =>
        milliseconds < 1000 ? $"{milliseconds:0.0} ms" : $"{milliseconds / 1000:0.0} s";

    private static bool IsActing(char letter) =>
        char.IsControl(letter) || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
