using System.Globalization;
using System.Text;

namespace Multus.Cni;

/// <summary>Foreign text inside one of our messages: one line, bounded, control characters visible.</summary>
internal static class LogText
{
    /// <summary>Enough to recognise what a plugin said; a message is not a place for megabytes.</summary>
    private const int MaxCharacters = 2048;

    public static string Text(string? text) => Quote(text.AsSpan(), text?.Length ?? 0, "characters");

    /// <summary>Bytes that should have been UTF-8; what is not shows as U+FFFD.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var shown = bytes[..Math.Min(bytes.Length, MaxCharacters)];
        return Quote(Encoding.UTF8.GetString(shown), bytes.Length, "bytes", isCut: shown.Length < bytes.Length);
    }

    /// <summary>The text without quotes, line breaks folded to "; " and other control characters escaped.</summary>
    public static string OneLine(string text)
    {
        if (!HasControl(text))
            return text;

        var line = new StringBuilder(text.Length);
        foreach (
            var part in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            if (line.Length > 0)
                line.Append("; ");
            foreach (var c in part)
                Append(line, c, escapeQuotes: false);
        }

        return line.ToString();
    }

    private static bool HasControl(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
                return true;
        }

        return false;
    }

    private static string Quote(ReadOnlySpan<char> text, int total, string unit, bool isCut = false)
    {
        var shown = text[..Math.Min(text.Length, MaxCharacters)];
        var quoted = new StringBuilder(shown.Length + 2).Append('"');
        foreach (var c in shown)
            Append(quoted, c, escapeQuotes: true);
        quoted.Append('"');
        if (isCut || shown.Length < text.Length)
            quoted.Append(CultureInfo.InvariantCulture, $" (the beginning of {total} {unit})");
        return quoted.ToString();
    }

    private static void Append(StringBuilder line, char c, bool escapeQuotes)
    {
        switch (c)
        {
            case '\n':
                line.Append("\\n");
                break;
            case '\r':
                line.Append("\\r");
                break;
            case '\t':
                line.Append("\\t");
                break;
            case '"' or '\\' when escapeQuotes:
                line.Append('\\').Append(c);
                break;
            case var _ when char.IsControl(c):
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                break;
            default:
                line.Append(c);
                break;
        }
    }
}
