using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// All addresses that begin with the same bits: a subnet, the destination of a route, or a single address.
/// </summary>
/// <param name="Bits">Of the first address, from the highest bit down, whatever the family.</param>
/// <param name="Length">How many of them all addresses share.</param>
internal readonly record struct AddressBlock(bool IsV6, UInt128 Bits, int Length)
{
    private const int AllBits = 128;
    private const int V4Bits = 32;
    private const int MappedBits = AllBits - V4Bits; // of IPv4 inside IPv6

    public static AddressBlock AllV4 { get; } = new(IsV6: false, 0, 0);

    public static AddressBlock AllV6 { get; } = new(IsV6: true, 0, 0);

    /// <summary>
    /// Reads an address, or a CIDR whose address may be any of its block. IPv4 inside IPv6 is IPv4, as it is to the
    /// kernel.
    /// </summary>
    public static bool TryParse(string text, out AddressBlock block)
    {
        block = default;
        if (!IpText.IsAddressOrCidr(text))
            return false;

        var written = IpText.WithoutPrefix(text);
        var address = IpText.Parse(written);
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var length = isV6 ? AllBits : V4Bits;
        if (written.Length < text.Length)
            length =
                int.Parse(text.AsSpan(written.Length + 1), CultureInfo.InvariantCulture)
                - (!isV6 && written.Contains(':') ? MappedBits : 0);

        var bytes = address.GetAddressBytes();
        var bits = isV6
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : (UInt128)BinaryPrimitives.ReadUInt32BigEndian(bytes) << MappedBits;
        block = new AddressBlock(isV6, bits, Math.Max(length, 0));
        return true;
    }

    /// <summary>Whether an address is in both.</summary>
    public bool Overlaps(AddressBlock other)
    {
        var shared = Math.Min(Length, other.Length);
        return IsV6 == other.IsV6 && (shared == 0 || (Bits ^ other.Bits) >> (AllBits - shared) == 0);
    }
}
