using System.Globalization;

namespace Multus.Kubernetes.Folder;

/// <summary>What an unquoted YAML word is, by the core schema of YAML 1.2.</summary>
internal static class PlainScalar
{
    private const NumberStyles Number =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    public static bool IsNumberOrBoolean(string text) =>
        text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE" || IsNumber(text);

    private static bool IsNumber(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        var first = text[0];
        return (char.IsAsciiDigit(first) || first is '-' or '+' or '.')
            && double.TryParse(text, Number, CultureInfo.InvariantCulture, out _);
    }
}
