using System.Runtime.InteropServices;

namespace Multus.Linux.Netlink;

/// <summary>Walks the messages of one datagram.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderLength = 16;

    private ReadOnlySpan<byte> _rest = datagram;

    public static int Align(int length) => (length + 3) & ~3;

    /*
        struct nlmsghdr { __u32 nlmsg_len; __u16 nlmsg_type; __u16 nlmsg_flags; __u32 nlmsg_seq; __u32 nlmsg_pid; }
        host byte order, <linux/netlink.h>; nlmsg_len counts the header, not the padding up to a multiple
        of 4 that follows
    */

    /// <exception cref="InvalidDataException">A message is cut off, or says a length that cannot be.</exception>
    public bool TryRead(out MessageHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (_rest.IsEmpty)
            return false;

        if (_rest.Length < HeaderLength)
            throw new InvalidDataException(
                $"netlink message cut off: {_rest.Length} bytes left of a {HeaderLength}-byte header"
            );

        header = MemoryMarshal.Read<MessageHeader>(_rest);
        if (header.Length < HeaderLength || header.Length > _rest.Length)
            throw new InvalidDataException(
                $"netlink message says it is {header.Length} bytes long; {_rest.Length} are left"
            );

        var length = (int)header.Length;
        payload = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(Align(length), _rest.Length)..];
        return true;
    }
}

/// <summary>struct nlmsghdr, laid out above its reader.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public uint Length;
    public ushort Type;
    public ushort Flags;
    public uint Sequence;
    public uint Port;
}
