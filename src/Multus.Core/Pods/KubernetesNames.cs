namespace Multus.Core.Pods;

/// <summary>
/// The two shapes of Kubernetes object names (RFC 1123). ASCII only, so no locale and no Unicode look-alike passes.
/// </summary>
public static class KubernetesNames
{
    private const int LabelLength = 63;
    private const int SubdomainLength = 253;

    /// <summary>
    /// Lower-case letters, digits and '-', beginning and ending with a letter or digit; at most 63 characters.
    /// </summary>
    public static bool IsLabel(ReadOnlySpan<char> text) => text.Length is > 0 and <= LabelLength && IsLabelText(text);

    /// <summary>Labels joined by dots; at most 253 characters in all.</summary>
    public static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > SubdomainLength)
            return false;
        foreach (var part in text.Split('.'))
        {
            if (!IsLabelText(text[part]))
                return false;
        }

        return true;
    }

    private static bool IsLabelText(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] == '-' || text[^1] == '-')
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }

        return true;
    }
}
