using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Multus.Engine.Networks;

/// <summary>Addresses from the first to the last, both of them in it.</summary>
/// <param name="First">From the highest bit down, of IPv4 the lower 32 bits.</param>
/// <param name="Gateway">An address of it that is given to nobody; null when there is none.</param>
public sealed record AddressRange(bool IsV6, UInt128 First, UInt128 Last, UInt128? Gateway)
{
    /// <summary>How many can be given out; at most the largest number that there is.</summary>
    public UInt128 Count
    {
        get
        {
            var span = Last - First;
            var isGatewayIn = Gateway is { } gateway && gateway >= First && gateway <= Last;
            return span == UInt128.MaxValue ? span : span + (isGatewayIn ? UInt128.Zero : UInt128.One);
        }
    }

    public bool Contains(IPAddress address) =>
        address.AddressFamily == (IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
        && NumberOf(address) is var number
        && number >= First
        && number <= Last;

    public bool Overlaps(AddressRange other) => IsV6 == other.IsV6 && First <= other.Last && other.First <= Last;

    public override string ToString() => $"{AddressOf(First)}-{AddressOf(Last)}";

    public IPAddress AddressOf(UInt128 number) => AddressOf(number, IsV6);

    public static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 16
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress AddressOf(UInt128 number, bool isV6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(isV6 ? bytes : bytes[12..]);
    }

    /// <summary>"10.1.0.0/16" as the address and the length of its prefix; null when it is none.</summary>
    public static (IPAddress Address, int Length)? ParseCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (
            slash < 0
            || ParseAddress(text[..slash]) is not { } address
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        )
            return null;
        return length <= (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32) ? (address, length) : null;
    }

    /// <summary>An address as plugins take it, four numbers of IPv4 or IPv6 without a scope; null for any
    /// other.</summary>
    public static IPAddress? ParseAddress(string text)
    {
        if (!IPAddress.TryParse(text, out var address) || text.AsSpan().ContainsAny("%[]"))
            return null;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return address.ToString() == text ? address : null; // "1" and 0x7f.1 are none
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
