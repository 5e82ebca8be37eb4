using System.Globalization;
using System.Runtime.InteropServices;

namespace Multus.Core;

/// <summary>
/// FNV-1a of 64 bits, the same in every run: tells contents apart where nobody gains by making two alike. The
/// framework's own stable hashes are cryptographic, and load a library of five megabytes into the daemon for it.
/// </summary>
public static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Sixteen hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        var hash = Offset;
        foreach (var octet in content)
            hash = unchecked((hash ^ octet) * Prime);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Of the text's UTF-16 code units, low byte first.</summary>
    public static string Of(string text) => Of(MemoryMarshal.AsBytes(text.AsSpan()));
}
