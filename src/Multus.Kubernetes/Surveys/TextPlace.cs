using System.Globalization;

namespace Multus.Kubernetes.Surveys;

/// <summary>
/// Where the characters of a YAML or JSON string stand in the file that it was read from: the string may be indented,
/// folded, quoted or escaped there.
/// </summary>
/// <param name="file">The file's text.</param>
/// <param name="start">Index of the string's first character in it, behind quotes or the line of <c>|</c>.</param>
/// <param name="quote">The quotes around it; a space when there are none.</param>
/// <param name="value">The string as it was read.</param>
public sealed class TextPlace(string file, int start, char quote, string value)
{
    /// <summary>Line and column, both from 1, of a character of the string.</summary>
    /// <param name="offset">Its index; what is beyond the end is the end.</param>
    public (long Line, long Column) At(int offset)
    {
        var at = start;
        var end = Math.Clamp(offset, 0, value.Length);
        for (var i = 0; i < end; i++)
            at = After(at, value[i]);
        return LineAndColumn(end < value.Length && !char.IsWhiteSpace(value[end]) ? PassSpace(at) : at);
    }

    // Line breaks and indentation of the file are not those of the string: white space is passed over as a whole, and
    // what is between has the same order in both.
    private int After(int at, char c)
    {
        if (char.IsWhiteSpace(c))
        {
            if (at < file.Length && char.IsWhiteSpace(file[at]))
                return at + 1;
            return quote == '"' && at < file.Length && file[at] == '\\' ? at + EscapeLength(at) : at;
        }

        at = PassSpace(at);
        if (at >= file.Length)
            return file.Length;
        if (quote == '"' && file[at] == '\\')
            return Math.Min(at + EscapeLength(at), file.Length);
        return quote == '\'' && c == '\'' ? Math.Min(at + 2, file.Length) : at + 1;
    }

    private int PassSpace(int at)
    {
        while (at < file.Length)
        {
            if (char.IsWhiteSpace(file[at]))
                at++;
            else if (quote == '"' && file[at] == '\\' && at + 1 < file.Length && file[at + 1] is '\n' or '\r')
                at += 2; // the line goes on in the next
            else
                break;
        }

        return at;
    }

    private int EscapeLength(int at) =>
        (at + 1 < file.Length ? file[at + 1] : ' ') switch
        {
            'x' => 4,
            'u' => 6,
            'U' => 10,
            _ => 2,
        };

    private (long Line, long Column) LineAndColumn(int index)
    {
        var at = Math.Min(index, file.Length);
        var before = file.AsSpan(0, at);
        return (before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }

    public override string ToString()
    {
        var (line, column) = At(0);
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column}");
    }
}
