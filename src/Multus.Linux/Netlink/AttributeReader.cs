using System.Runtime.InteropServices;

namespace Multus.Linux.Netlink;

/// <summary>
/// Walks netlink attributes, one after the other; a nested one is walked by a reader of its own over its value.
/// </summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int HeaderLength = 4;
    private const ushort TypeMask = 0x3fff; // above it: NLA_F_NESTED, NLA_F_NET_BYTEORDER

    private ReadOnlySpan<byte> _rest = attributes;

    /*
        struct nlattr { __u16 nla_len; __u16 nla_type; }   host byte order, <linux/netlink.h>
        then nla_len - 4 bytes of value, then padding up to a multiple of 4 (nla_len leaves it out)
    */

    /// <exception cref="InvalidDataException">An attribute is cut off, or says a length that cannot be.</exception>
    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        if (_rest.IsEmpty)
        {
            type = 0;
            value = default;
            return false;
        }

        if (_rest.Length < HeaderLength)
            throw new InvalidDataException(
                $"netlink attribute cut off: {_rest.Length} bytes left of a {HeaderLength}-byte header"
            );

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderLength || length > _rest.Length)
            throw new InvalidDataException(
                $"netlink attribute says it is {length} bytes long; {_rest.Length} are left"
            );

        type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(MessageReader.Align(length), _rest.Length)..];
        return true;
    }
}
