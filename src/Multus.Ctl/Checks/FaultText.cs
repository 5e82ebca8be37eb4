using System.Globalization;

namespace Multus.Ctl.Checks;

/// <summary>From the lines that the daemon would say at its start to places in its files.</summary>
internal static class FaultText
{
    private const string Suggestion = "; did you mean ";

    /// <summary>The message, and what it suggests.</summary>
    public static (string Message, string Hint) Split(string text)
    {
        var at = text.IndexOf(Suggestion, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], $"did you mean {text[(at + Suggestion.Length)..]}");
    }

    /// <summary>
    /// The longest key of the text that the message is about: it begins with it, or has it in quotes, or says that
    /// there is no such key. Empty when there is none.
    /// </summary>
    public static string KeyIn(string message, JsonPlaces places)
    {
        var longest = "";
        foreach (var path in places.Paths)
        {
            if (path.Length > longest.Length && IsAbout(message, path))
                longest = path;
        }

        return longest;
    }

    /// <summary>"/etc/multus/akka.hocon:3:5: …" into its parts; null when it does not begin with the file.</summary>
    public static (int Line, int Column, string Text)? Placed(string error, string file)
    {
        if (!error.StartsWith($"{file}:", StringComparison.Ordinal))
            return null;
        var parts = error[(file.Length + 1)..].Split(':', 3);
        return
            parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            ? (line, column, parts[2].Trim())
            : (0, 0, error[(file.Length + 1)..].Trim());
    }

    private static bool IsAbout(string message, string path)
    {
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        return message.StartsWith($"{path} ", anyCase)
            || message.StartsWith($"{path}:", anyCase)
            || message.StartsWith($"there is no key {path},", anyCase)
            || message.Contains($"'{path}'", anyCase)
            || message.Contains($" {path} must be ", anyCase)
            || message.Contains($" {path}: ", anyCase);
    }
}
