namespace Multus.Cni;

/// <summary>
/// The one pattern of container ids and network names: a letter or digit, then letters, digits, '_', '.', '-'.
/// </summary>
internal static class SpecificationName
{
    public static bool IsValid(string? text)
    {
        if (string.IsNullOrEmpty(text) || !char.IsAsciiLetterOrDigit(text[0]))
            return false;

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        }

        return true;
    }
}
