using System.Text;
using Spectre.Console;

namespace Multus.Ctl.Output;

/// <summary>
/// Texts of others for a terminal: names, configurations and what plugins say may hold anything, and neither a control
/// character nor a word of the renderer's markup may do anything there.
/// </summary>
internal static class Safe
{
    /// <summary>The text with what a terminal would act on made visible; line breaks stay.</summary>
    public static string Clean(string text)
    {
        var isClean = true;
        foreach (var c in text)
            isClean &= !IsActing(c);
        if (isClean)
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(IsActing(c) ? '\uFFFD' : c);
        return clean.ToString();
    }

    /// <summary>As a cell of a table, or a leaf of a tree.</summary>
    public static Text Text(string text) => new(Clean(text));

    /// <summary>As a part of markup.</summary>
    public static string Escaped(string text) => Markup.Escape(Clean(text));

    /// <summary>Writes a line that is no markup.</summary>
    public static void Line(IAnsiConsole console, string text) => console.WriteLine(Clean(text));

    // Control characters, and those that turn the direction in which the rest is read.
    private static bool IsActing(char c) =>
        (char.IsControl(c) && c is not '\n') || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
