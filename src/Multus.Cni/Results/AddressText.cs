using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Multus.Cni.Results;

/// <summary>
/// Addresses as text: checked here, kept as written. Stricter than the framework's parser, which also takes "1",
/// "010.1.1.1" (octal), zones, brackets and ports.
/// </summary>
internal static class AddressText
{
    public const string V4 = "4";
    public const string V6 = "6";

    public static bool IsIp(ReadOnlySpan<char> text) => TryParse(text, out _);

    public static bool IsCidr(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || !TryParse(text[..slash], out var address))
            return false;

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && prefix <= bits;
    }

    /// <summary>
    /// "4" for IPv4 and for IPv4 inside IPv6, else "6", of an address with or without a prefix length.
    /// </summary>
    public static string FamilyOf(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var isV4 =
            TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address)
            && (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6);
        return isV4 ? V4 : V6;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        var isPlain = text.Contains(':') ? !text.ContainsAny("[]%/") : IsDottedQuad(text);
        if (!isPlain || !IPAddress.TryParse(text, out var parsed))
            return false;

        address = parsed;
        return true;
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part is ['0', _, ..] || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;

            count++;
        }

        return count == 4;
    }
}
