using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Multus.Linux.Netlink;

/// <summary>The route messages of rtnetlink(7).</summary>
internal static class RouteMessage
{
    public const ushort NewRoute = 24; // RTM_NEWROUTE
    public const ushort DeleteRoute = 25; // RTM_DELROUTE
    public const ushort GetRoute = 26; // RTM_GETROUTE

    public const byte V4 = 2; // AF_INET
    public const byte V6 = 10; // AF_INET6
    public const byte BootProtocol = 3; // RTPROT_BOOT

    private const int HeaderLength = 12;
    private const byte Unicast = 1; // RTN_UNICAST

    // RTM_F_CLONED: what the kernel has learned about one destination, no route that somebody made.
    private const uint Cloned = 0x200;
    private const byte OnLink = 4; // RTNH_F_ONLINK: the only flag of those reported that may be set
    private const ushort Destination = 1; // RTA_DST
    private const ushort Link = 4; // RTA_OIF
    private const ushort Gateway = 5; // RTA_GATEWAY
    private const ushort Priority = 6; // RTA_PRIORITY
    private const ushort MultiPath = 9; // RTA_MULTIPATH
    private const ushort CacheInfo = 12; // RTA_CACHEINFO: counters and times, refused in requests
    private const ushort Table = 15; // RTA_TABLE: the table as 32 bits, where the header has eight
    private const ushort Via = 18; // RTA_VIA: a gateway of the other family
    private const ushort EncapType = 21; // RTA_ENCAP_TYPE
    private const ushort Encap = 22; // RTA_ENCAP

    // RTA_NH_ID: next hops that are an object of their own; reported with them, and refused with them.
    private const ushort NextHopId = 30;

    /*
        struct rtmsg { __u8 rtm_family; __u8 rtm_dst_len; __u8 rtm_src_len; __u8 rtm_tos;
                       __u8 rtm_table; __u8 rtm_protocol; __u8 rtm_scope; __u8 rtm_type; __u32 rtm_flags; }
        host byte order, <linux/rtnetlink.h>; attributes follow. rtm_flags holds RTNH_F_… of the only hop, too.
    */

    /// <summary>The body of a request for all routes of one family.</summary>
    public static byte[] RequestAll(byte family)
    {
        var body = new byte[HeaderLength];
        body[0] = family;
        return body;
    }

    /// <summary>The body of a request about the default route of the main table through a gateway.</summary>
    public static byte[] Default(IPAddress gateway, int link)
    {
        var body = new ArrayBufferWriter<byte>();
        ReadOnlySpan<byte> header =
        [
            gateway.AddressFamily == AddressFamily.InterNetworkV6 ? V6 : V4,
            0,
            0,
            0,
            (byte)RouteInfo.MainTable,
            BootProtocol,
            0,
            Unicast,
            0,
            0,
            0,
            0,
        ];
        body.Write(header);
        WriteAttribute(body, Link, BitConverter.GetBytes(link));
        WriteAttribute(body, Gateway, gateway.GetAddressBytes());
        return body.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The routes of one message: none for what nobody made, one for each hop of an IPv6 route unless its hops are an
    /// object of their own.
    /// </summary>
    /// <exception cref="InvalidDataException">The kernel's answer is not laid out as above.</exception>
    public static ImmutableArray<RouteInfo> Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderLength)
            throw new InvalidDataException(
                $"route message of {payload.Length} bytes; its header alone has {HeaderLength}"
            );
        if (payload[0] is not (V4 or V6) || (MemoryMarshal.Read<uint>(payload[8..]) & Cloned) != 0)
            return [];

        var route = ReadRoute(payload, out var hops);
        if (payload[0] == V4 || hops.Length < 2 || Has(payload, NextHopId))
            return [route with { Hops = [.. hops.Select(hop => hop.Info)], Message = Request(payload) }];
        return [.. hops.Select(hop => route with { Hops = [hop.Info], Message = hop.Message })];
    }

    private static RouteInfo ReadRoute(ReadOnlySpan<byte> payload, out ImmutableArray<ReadHop> hops)
    {
        var any = payload[0] == V6 ? IPAddress.IPv6Any : IPAddress.Any;
        var route = new RouteInfo(
            any,
            payload[1],
            payload[4],
            payload[7],
            payload[5],
            payload[6],
            0,
            payload[2] != 0 || payload[3] != 0,
            []
        );
        var only = new RouteHop(0, null);
        hops = default;
        var attributes = new AttributeReader(payload[HeaderLength..]);
        while (attributes.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case Destination:
                    route = route with { Destination = new IPAddress(value) };
                    break;
                case Priority:
                    route = route with { Priority = MemoryMarshal.Read<uint>(value) };
                    break;
                case Table:
                    route = route with { Table = MemoryMarshal.Read<uint>(value) };
                    break;
                case MultiPath:
                    hops = ReadHops(payload, value);
                    break;
                default:
                    only = With(only, type, value);
                    break;
            }
        }

        if (hops.IsDefault)
            hops = only.Link == 0 ? [] : [new ReadHop(only, [])];
        return route;
    }

    private static RouteHop With(RouteHop hop, ushort type, ReadOnlySpan<byte> value) =>
        type switch
        {
            Link => hop with { Link = MemoryMarshal.Read<int>(value) },
            Gateway => hop with { Gateway = new IPAddress(value) },
            // Struct rtvia: the family, then the address.
            Via when value.Length is 2 + 4 or 2 + 16 => hop with { Gateway = new IPAddress(value[2..]) },
            _ => hop,
        };

    /*
        struct rtnexthop { unsigned short rtnh_len; unsigned char rtnh_flags; unsigned char rtnh_hops;
                           int rtnh_ifindex; }
        host byte order, <linux/rtnetlink.h>; attributes of the hop follow, rtnh_len counts them,
        the next one begins at a multiple of 4
    */
    private static ImmutableArray<ReadHop> ReadHops(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> list)
    {
        const int hopHeader = 8;
        var hops = ImmutableArray.CreateBuilder<ReadHop>();
        while (!list.IsEmpty)
        {
            var length = list.Length < hopHeader ? 0 : MemoryMarshal.Read<ushort>(list);
            if (length < hopHeader || length > list.Length)
                throw new InvalidDataException($"next hop says it is {length} bytes long; {list.Length} are left");

            var hop = new RouteHop(MemoryMarshal.Read<int>(list[4..]), null);
            var attributes = new AttributeReader(list[hopHeader..length]);
            while (attributes.TryRead(out var type, out var value))
                hop = With(hop, type, value);
            hops.Add(new ReadHop(hop, RequestOfHop(payload, list[2], hop.Link, list[hopHeader..length])));
            list = list[Math.Min(MessageReader.Align(length), list.Length)..];
        }

        return hops.DrainToImmutable();
    }

    /// <summary>The kernel's description without what it refuses to be told, so that it can be sent back.</summary>
    private static byte[] Request(ReadOnlySpan<byte> payload) =>
        Copy(payload, payload[8], keepsHops: !Has(payload, NextHopId));

    private static byte[] RequestOfHop(ReadOnlySpan<byte> payload, byte flags, int link, ReadOnlySpan<byte> attributes)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write(Copy(payload, flags, keepsHops: false));
        WriteAttribute(body, Link, BitConverter.GetBytes(link));
        body.Write(attributes);
        return body.WrittenSpan.ToArray();
    }

    private static byte[] Copy(ReadOnlySpan<byte> payload, byte flags, bool keepsHops)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write(payload[..8]);
        ReadOnlySpan<byte> settable = [(byte)(flags & OnLink), 0, 0, 0];
        body.Write(settable);
        var attributes = new AttributeReader(payload[HeaderLength..]);
        while (attributes.TryRead(out var type, out var value))
        {
            var isHop = type is Link or Gateway or Via or MultiPath or Encap or EncapType;
            if (type == CacheInfo || (isHop && !keepsHops))
                continue;
            WriteAttribute(body, type, type == MultiPath ? WithoutStates(value) : value);
        }

        return body.WrittenSpan.ToArray();
    }

    // Of a dead or unplugged hop the kernel reports so, and refuses to be told.
    private static byte[] WithoutStates(ReadOnlySpan<byte> hops)
    {
        var copy = hops.ToArray();
        for (
            var at = 0;
            at + 8 <= copy.Length;
            at += Math.Max(8, MessageReader.Align(MemoryMarshal.Read<ushort>(copy.AsSpan(at))))
        )
            copy[at + 2] &= OnLink;
        return copy;
    }

    private static bool Has(ReadOnlySpan<byte> payload, ushort wanted)
    {
        var attributes = new AttributeReader(payload[HeaderLength..]);
        while (attributes.TryRead(out var type, out _))
        {
            if (type == wanted)
                return true;
        }

        return false;
    }

    private static void WriteAttribute(ArrayBufferWriter<byte> body, ushort type, ReadOnlySpan<byte> value)
    {
        var length = 4 + value.Length;
        var attribute = body.GetSpan(MessageReader.Align(length))[..MessageReader.Align(length)];
        attribute.Clear();
        MemoryMarshal.Write(attribute, (ushort)length);
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        body.Advance(attribute.Length);
    }

    /// <param name="Message">To name this hop alone to the kernel; empty where it is the route's only one.</param>
    private sealed record ReadHop(RouteHop Info, byte[] Message);
}
