using System.Security.Cryptography;

namespace Multus.TestSupport;

/// <summary>Names that no other test, and no other run of this test, uses at the same time.</summary>
public static class Unique
{
    /// <summary>IFNAMSIZ less the closing zero byte: the longest name that the kernel takes for a link.</summary>
    public const int LongestLinkName = 15;

    private const int RandomLength = 8;
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>
    /// The prefix and eight random letters; never longer than a link name may be, so the prefix has at most seven.
    /// </summary>
    public static string Name(string prefix)
    {
        if (prefix.Length > LongestLinkName - RandomLength)
            throw new ArgumentException(
                $"prefix '{prefix}' has {prefix.Length} letters; with {LongestLinkName - RandomLength} the name still fits a link",
                nameof(prefix)
            );

        return prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
    }

    /// <summary>A container id as containerd makes them: 64 hexadecimal digits.</summary>
    public static string ContainerId() => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
