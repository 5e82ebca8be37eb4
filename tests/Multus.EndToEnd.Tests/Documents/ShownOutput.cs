using System.Text;
using System.Text.RegularExpressions;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>
/// What a document says that commands print. <c>…</c> stands for anything in a line, and for any number of lines where it is alone. Spaces count as one.
/// </summary>
internal static partial class ShownOutput
{
    private const string Anything = "…";

    public static void AssertIs(string shown, string printed, string where)
    {
        var pattern = new StringBuilder("^");
        foreach (var line in Lines(shown))
            pattern.Append(
                line == Anything
                    ? "(.*\n)*?"
                    : Regex.Escape(line).Replace(Anything, ".*", StringComparison.Ordinal) + "\n"
            );
        var found = string.Concat(Lines(printed).Select(line => line + "\n"));
        Assert.True(
            Regex.IsMatch(found, pattern.Append("$(?!\n)").ToString()),
            $"{where} shows\n{shown}\nand what is printed is\n{printed}"
        );
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => Spaces().Replace(line, " ").Trim()).Where(line => line.Length > 0);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
