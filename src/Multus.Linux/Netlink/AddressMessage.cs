using System.Net;
using System.Runtime.InteropServices;

namespace Multus.Linux.Netlink;

/// <summary>The address messages of rtnetlink(7).</summary>
internal static class AddressMessage
{
    public const ushort NewAddress = 20; // RTM_NEWADDR
    public const ushort GetAddress = 22; // RTM_GETADDR

    private const int HeaderLength = 8;
    private const ushort PeerOrOwn = 1; // IFA_ADDRESS: the peer's on a point-to-point link, else the same as IFA_LOCAL
    private const ushort Own = 2; // IFA_LOCAL: missing for IPv6 without a peer

    /*
        struct ifaddrmsg { __u8 ifa_family; __u8 ifa_prefixlen; __u8 ifa_flags; __u8 ifa_scope; __u32 ifa_index; }
        host byte order, <linux/if_addr.h>; attributes follow
    */

    /// <summary>The body of a request for all addresses of all families.</summary>
    public static byte[] RequestAll() => new byte[HeaderLength];

    /// <returns>Null for an address of another family than IPv4 and IPv6.</returns>
    /// <exception cref="InvalidDataException">The kernel's answer is not laid out as above.</exception>
    public static AddressInfo? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderLength)
            throw new InvalidDataException(
                $"address message of {payload.Length} bytes; its header alone has {HeaderLength}"
            );

        IPAddress? own = null,
            other = null;
        var attributes = new AttributeReader(payload[HeaderLength..]);
        while (attributes.TryRead(out var type, out var value))
        {
            if (value.Length is not (4 or 16))
                continue;
            if (type == Own)
                own = new IPAddress(value);
            else if (type == PeerOrOwn)
                other = new IPAddress(value);
        }

        var isIp = payload[0] is RouteMessage.V4 or RouteMessage.V6;
        return isIp && (own ?? other) is { } address
            ? new AddressInfo(MemoryMarshal.Read<int>(payload[4..]), address, payload[1])
            : null;
    }
}
