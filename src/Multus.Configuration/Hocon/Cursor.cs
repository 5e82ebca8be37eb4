using System.Globalization;
using System.Text;

namespace Multus.Configuration.Hocon;

/// <summary>
/// A place in a text that moves on, with what can stand there: space, comments, texts with and without quotes.
/// </summary>
internal sealed class Cursor(string text)
{
    // What HOCON gives a meaning, now or later: a value with one of these needs quotes.
    private const string Reserved = "$\"{[:=+`^?!@*&\\";

    private int _at;
    private int _line = 1;
    private int _lineStart;

    public bool AtEnd => _at >= text.Length;

    /// <summary>NUL at the end; a NUL in the text is no key and no value, so it is refused where it stands.</summary>
    public char Current => AtEnd ? '\0' : text[_at];

    public Place Place => new(_line, _at - _lineStart + 1);

    public void Next()
    {
        if (text[_at++] != '\n')
            return;

        _line++;
        _lineStart = _at;
    }

    public bool StartsWith(string word) => string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;

    /// <summary>Spaces and a comment, up to the end of the line.</summary>
    public void SkipSpace()
    {
        While(c => c is ' ' or '\t' or '\r');
        if (AtComment)
            While(c => c != '\n');
    }

    /// <summary>Also ends of lines.</summary>
    public void SkipBlank()
    {
        SkipSpace();
        while (Current == '\n')
        {
            Next();
            SkipSpace();
        }
    }

    public string While(Func<char, bool> holds)
    {
        var start = _at;
        while (!AtEnd && holds(Current))
            Next();
        return text[start.._at];
    }

    /// <summary>A text in quotes, or one without.</summary>
    public string Scalar(string what)
    {
        if (StartsWith("\"\"\""))
            throw Wrong("three quotes are not supported: one quote at each end, and \\n for a new line");
        return Current == '"' ? QuotedText() : PlainText(what);
    }

    public string QuotedText()
    {
        var opened = Place;
        var content = new StringBuilder();
        Next();
        while (Current != '"')
        {
            if (AtEnd || Current == '\n')
                throw Wrong(opened, "the closing quote is missing on this line");
            RefuseControl();
            content.Append(Current == '\\' ? Escaped() : Current);
            Next();
        }

        Next();
        return content.ToString();
    }

    public MistakeException Expected(string what) => Wrong($"expected {what}; found {Found()}");

    public MistakeException Wrong(string what) => Wrong(Place, what);

    public static MistakeException Wrong(Place place, string what) => new(new HoconError(place, what));

    private bool AtComment => Current == '#' || StartsWith("//");

    private string PlainText(string what)
    {
        var start = _at;
        while (!AtEnd && Current is not ('\n' or ',' or '}' or ']') && !AtComment)
        {
            RefuseControl();
            if (StartsWith("${"))
                throw Wrong("${...} is not supported: write the value itself");
            if (Reserved.Contains(Current, StringComparison.Ordinal))
                throw Wrong(
                    $"{Current} cannot stand in a value: settings on one line need a comma between them, and a "
                        + "value with such a sign needs quotes"
                );
            Next();
        }

        return text[start.._at].Trim() is { Length: > 0 } value ? value : throw Expected(what);
    }

    private void RefuseControl()
    {
        if (char.IsControl(Current) && Current is not ('\t' or '\r'))
            throw Wrong($"the character U+{(int)Current:X4} cannot stand in a file of settings");
    }

    // Leaves the cursor on the last character of the escape.
    private char Escaped()
    {
        Next();
        switch (Current)
        {
            case '"' or '\\' or '/':
                return Current;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            default:
                throw Expected("\\\", \\\\, \\/, \\n or \\t in a text in quotes");
        }
    }

    private string Found()
    {
        if (AtEnd)
            return "the end of the file";
        if (Current is '\n' or '\r')
            return "the end of the line";
        if (
            char.IsControl(Current)
            || char.GetUnicodeCategory(Current) is UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
        )
            return $"the character U+{(int)Current:X4}";

        var end = _at;
        while (end < text.Length && end - _at < 30 && !char.IsWhiteSpace(text[end]) && !char.IsControl(text[end]))
            end++;
        return text[_at..end];
    }

    /// <summary>Ends the reading at the first mistake; <see cref="HoconText.Read"/> makes a value of it.</summary>
    public sealed class MistakeException(HoconError error) : Exception(error.Text)
    {
        public HoconError Error => error;
    }
}
