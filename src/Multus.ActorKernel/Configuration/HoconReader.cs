using System.Globalization;
using System.Text;

namespace Multus.ActorKernel.Configuration;

/// <summary>A cursor over a document that knows its line and column, and the lexical forms: blanks, comments, strings.</summary>
internal sealed class HoconReader(string text)
{
    private const string NotInUnquotedText = "$\"{}[]:=,+#`^?!@*&\\";

    private int _at;
    private int _line = 1;
    private int _lineStart;

    public bool IsAtEnd => _at >= text.Length;

    public char Current => _at < text.Length ? text[_at] : '\0';

    public HoconPosition Position => new(_line, _at - _lineStart + 1);

    public ConfigurationException Error(string problem) => Error(problem, Position);

    public static ConfigurationException Error(string problem, HoconPosition position) => new($"HOCON, {position}: {problem}");

    public string Describe() => IsAtEnd ? "the end of the text" : Current == '\n' ? "the end of the line" : $"'{Current}'";

    public bool Looks(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    public char Take()
    {
        var taken = text[_at++];
        if (taken == '\n')
        {
            _line++;
            _lineStart = _at;
        }

        return taken;
    }

    public bool TryTake(string what)
    {
        if (!Looks(what))
            return false;

        for (var i = 0; i < what.Length; i++)
            Take();
        return true;
    }

    /// <summary>Skips blanks, tabs and comments up to the end of the line.</summary>
    public void SkipBlanks()
    {
        while (!IsAtEnd && Current != '\n' && (IsBlank(Current) || IsAtComment))
        {
            if (IsAtComment)
                SkipLine();
            else
                Take();
        }
    }

    /// <summary>Skips blanks, comments and line ends.</summary>
    /// <returns>Whether there was a line end.</returns>
    public bool SkipToContent()
    {
        var line = _line;
        SkipBlanks();
        while (!IsAtEnd && Current == '\n')
        {
            Take();
            SkipBlanks();
        }

        return _line != line;
    }

    public bool IsAtUnquoted => !IsAtEnd && Current != '\n' && !IsBlank(Current) && !IsAtComment && !NotInUnquotedText.Contains(Current);

    /// <summary>One run of unquoted characters; in keys a dot ends it.</summary>
    public string TakeUnquoted(bool inKey)
    {
        var start = _at;
        while (IsAtUnquoted && !(inKey && Current == '.'))
            _at++;
        return text[start.._at];
    }

    /// <summary>Blanks between the parts of a value, which belong to it.</summary>
    public string TakeBlanks()
    {
        var start = _at;
        while (!IsAtEnd && Current != '\n' && IsBlank(Current))
            _at++;
        return text[start.._at];
    }

    public string TakeQuoted()
    {
        var start = Position;
        if (TryTake("\"\"\""))
            return TakeTripleQuoted(start);

        Take();
        var value = new StringBuilder();
        while (true)
        {
            if (IsAtEnd || Current == '\n')
                throw Error("this string has no closing quote on its line; use \"\"\" for one of several lines", start);

            var c = Take();
            if (c == '"')
                return value.ToString();
            value.Append(c == '\\' ? TakeEscape() : c);
        }
    }

    private string TakeTripleQuoted(HoconPosition start)
    {
        var from = _at;
        while (!IsAtEnd)
        {
            if (TryTake("\"\"\""))
            {
                while (Current == '"') // further quotes belong to the string
                    Take();
                return text[from..(_at - 3)];
            }

            Take();
        }

        throw Error("this string has no closing \"\"\"", start);
    }

    private char TakeEscape()
    {
        if (IsAtEnd)
            throw Error("the text ends inside of an escape");

        var position = Position;
        var c = Take();
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' when _at + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) => TakeCode(code),
            _ => throw Error($"'\\{c}' is no escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits", position),
        };
    }

    private char TakeCode(ushort code)
    {
        _at += 4;
        return (char)code;
    }

    private bool IsAtComment => Current == '#' || Looks("//");

    private void SkipLine()
    {
        while (!IsAtEnd && Current != '\n')
            _at++;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\uFEFF' or '\u00A0';
}
