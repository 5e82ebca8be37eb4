namespace Multus.Core.Networks;

/// <summary>
/// Link-layer addresses as annotations may spell them: 6, 8 or 20 bytes as pairs of hex digits joined by ':' or '-'
/// throughout, or groups of four hex digits joined by '.' (attach.md §8.1). Passed on in that notation.
/// </summary>
internal static class HardwareAddressText
{
    /// <summary>
    /// The address in lower case, as the kernel spells it: CHECK of many a plugin compares texts, and fails for an
    /// address that its own ADD has taken. The notation stays, for it may be one that a plugin wants. What is no
    /// address stays as it is.
    /// </summary>
    public static string Normal(string text) => IsValid(text) ? text.ToLowerInvariant() : text;

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length < 5)
            return false;
        return text[2] is ':' or '-'
            ? AreGroups(text, 2, text[2], [6, 8, 20])
            : text[4] == '.' && AreGroups(text, 4, '.', [3, 4, 10]);
    }

    private static bool AreGroups(ReadOnlySpan<char> text, int digits, char separator, ReadOnlySpan<int> allowedCounts)
    {
        var groups = (text.Length + 1) / (digits + 1);
        if (groups * (digits + 1) - 1 != text.Length || !allowedCounts.Contains(groups))
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            var isSeparator = i % (digits + 1) == digits;
            if (isSeparator ? text[i] != separator : !char.IsAsciiHexDigit(text[i]))
                return false;
        }

        return true;
    }
}
