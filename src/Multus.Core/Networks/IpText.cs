using System.Net;
using System.Net.Sockets;

namespace Multus.Core.Networks;

/// <summary>
/// Strict reading of addresses: what delegates will accept, no more. .NET's own parser also takes "1", "0x7f.1", octal
/// octets, scopes and brackets, each of which a plugin would refuse only after other plugins have run.
/// </summary>
internal static class IpText
{
    public static bool IsAddress(ReadOnlySpan<char> text) => text.Contains(':') ? IsIPv6(text) : IsIPv4(text);

    public static bool IsAddressOrCidr(ReadOnlySpan<char> text) => text.Contains('/') ? IsCidr(text) : IsAddress(text);

    public static bool IsCidr(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || !IsAddress(text[..slash]))
            return false;
        var longest = text[..slash].Contains(':') ? 128 : 32;
        return TryPrefixLength(text[(slash + 1)..], out var length) && length <= longest;
    }

    /// <summary>True for 0.0.0.0/0 and ::/0 in any spelling: prefix length 0 and nothing but zero bits.</summary>
    public static bool IsDefaultRoute(ReadOnlySpan<char> cidr)
    {
        var slash = cidr.IndexOf('/');
        return slash > 0
            && IsCidr(cidr)
            && TryPrefixLength(cidr[(slash + 1)..], out var length)
            && length == 0
            && IPAddress.TryParse(cidr[..slash], out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
    }

    /// <summary>An address that has been found to be one; IPv4 inside IPv6 is IPv4, as it is to the kernel.</summary>
    public static IPAddress Parse(string address)
    {
        var parsed = IPAddress.Parse(address);
        return parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
    }

    /// <summary>The address part of "address/prefix", or the text itself when there is no prefix.</summary>
    public static string WithoutPrefix(string cidr) => cidr.IndexOf('/') is var slash and >= 0 ? cidr[..slash] : cidr;

    private static bool TryPrefixLength(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (text.Length is 0 or > 3)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            length = (length * 10) + (c - '0');
        }

        return true;
    }

    private static bool IsIPv4(ReadOnlySpan<char> text)
    {
        var octets = 0;
        foreach (var part in text.Split('.'))
        {
            if (++octets > 4 || !IsOctet(text[part]))
                return false;
        }

        return octets == 4;
    }

    private static bool IsOctet(ReadOnlySpan<char> text) =>
        TryPrefixLength(text, out var value) && value <= 255 && (text.Length == 1 || text[0] != '0');

    private static bool IsIPv6(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
                return false;
        }

        var tail = text[(text.LastIndexOf(':') + 1)..];
        return (!tail.Contains('.') || IsIPv4(tail))
            && IPAddress.TryParse(text, out var address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
