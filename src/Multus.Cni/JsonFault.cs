using System.Text;
using System.Text.Json;

namespace Multus.Cni;

/// <summary>
/// Where a text stops being JSON, as a person finds it in an editor: line and column from 1, what stands there, and
/// what is wrong with it.
/// </summary>
public static class JsonFault
{
    // Of the line, to each side of the fault.
    private const int ExcerptLength = 30;

    /// <param name="json">What was read.</param>
    /// <param name="fault">What the reader said of it.</param>
    public static string Describe(ReadOnlySpan<byte> json, JsonException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.LineNumber is not { } line || fault.BytePositionInLine is not { } position)
            return Words(fault);

        var text = LineOf(json, line);
        var before = Encoding.UTF8.GetString(text[..(int)Math.Min(position, text.Length)]);
        var after = Encoding.UTF8.GetString(text[(int)Math.Min(position, text.Length)..]);
        return $"line {line + 1}, column {before.Length + 1}, at {Excerpt(before, after)}: {Words(fault)}";
    }

    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> json, long number)
    {
        for (; number > 0 && json.IndexOf((byte)'\n') is >= 0 and var end; number--)
            json = json[(end + 1)..];
        return (json.IndexOf((byte)'\n') is >= 0 and var last ? json[..last] : json).TrimEnd((byte)'\r');
    }

    // The arrow stands before the first character that does not fit.
    private static string Excerpt(string before, string after)
    {
        var left = before.Length <= ExcerptLength ? before.TrimStart() : $"…{before[^ExcerptLength..]}";
        var right = after.Length <= ExcerptLength ? after : $"{after[..ExcerptLength]}…";
        return OneLine($"`{left}»{right}`");
    }

    // The framework adds its own counting of the place, which starts at 0.
    private static string Words(JsonException fault)
    {
        var text = fault.Message;
        foreach (var mark in (ReadOnlySpan<string>)[" Path: $", " LineNumber: "])
        {
            if (text.IndexOf(mark, StringComparison.Ordinal) is > 0 and var end)
                text = text[..end];
        }

        return OneLine(text).TrimEnd('.');
    }

    private static string OneLine(string text) =>
        string.Create(
            text.Length,
            text,
            static (target, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        );
}
