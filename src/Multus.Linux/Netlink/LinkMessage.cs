using System.Runtime.InteropServices;
using System.Text;

namespace Multus.Linux.Netlink;

/// <summary>The link messages of rtnetlink(7).</summary>
internal static class LinkMessage
{
    public const ushort NewLink = 16; // RTM_NEWLINK
    public const ushort GetLink = 18; // RTM_GETLINK

    private const int HeaderLength = 16;
    private const ushort Address = 1; // IFLA_ADDRESS
    private const ushort IfName = 3; // IFLA_IFNAME
    private const ushort Mtu = 4; // IFLA_MTU
    private const ushort LinkInformation = 18; // IFLA_LINKINFO
    private const ushort InformationKind = 1; // IFLA_INFO_KIND

    /*
        struct ifinfomsg { __u8 ifi_family; __u8 pad; __u16 ifi_type; __s32 ifi_index; __u32 ifi_flags;
                           __u32 ifi_change; }
        host byte order, <linux/rtnetlink.h>; attributes follow
    */

    /// <summary>The body of a request for one link by name: an ifinfomsg of zeros and the name as attribute.</summary>
    public static byte[] RequestByName(string ifName)
    {
        var valueLength = Encoding.UTF8.GetByteCount(ifName) + 1; // closed by a zero byte
        var body = new byte[HeaderLength + MessageReader.Align(4 + valueLength)];
        var attribute = body.AsSpan(HeaderLength);
        MemoryMarshal.Write(attribute, (ushort)(4 + valueLength));
        MemoryMarshal.Write(attribute[2..], IfName);
        Encoding.UTF8.GetBytes(ifName, attribute[4..]);
        return body;
    }

    /// <summary>The body of a request for all links.</summary>
    public static byte[] RequestAll() => new byte[HeaderLength];

    /// <exception cref="InvalidDataException">The kernel's answer is not laid out as above.</exception>
    public static LinkInfo Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderLength)
            throw new InvalidDataException(
                $"link message of {payload.Length} bytes; its header alone has {HeaderLength}"
            );

        var link = new LinkInfo(MemoryMarshal.Read<int>(payload[4..]), "", null, 0, null);
        var attributes = new AttributeReader(payload[HeaderLength..]);
        while (attributes.TryRead(out var type, out var value))
            link = With(link, type, value);
        return link;
    }

    private static LinkInfo With(LinkInfo link, ushort type, ReadOnlySpan<byte> value) =>
        type switch
        {
            IfName => link with { Name = Text(value) },
            Address when value.Length > 0 => link with { Mac = MacText(value) },
            Mtu when value.Length == sizeof(uint) => link with { Mtu = (int)MemoryMarshal.Read<uint>(value) },
            LinkInformation => link with { Kind = KindIn(value) },
            _ => link,
        };

    private static string? KindIn(ReadOnlySpan<byte> information)
    {
        var attributes = new AttributeReader(information);
        while (attributes.TryRead(out var type, out var value))
        {
            if (type == InformationKind)
                return Text(value);
        }

        return null;
    }

    private static string MacText(ReadOnlySpan<byte> address) =>
        BitConverter.ToString(address.ToArray()).Replace('-', ':').ToLowerInvariant();

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
