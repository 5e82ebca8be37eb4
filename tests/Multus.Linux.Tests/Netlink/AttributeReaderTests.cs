using System.Globalization;
using Multus.Linux.Netlink;

namespace Multus.Linux.Tests.Netlink;

/// <summary>Bytes as the kernel of a little-endian machine lays them out.</summary>
public class AttributeReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0400 0100", "1:")]
    [InlineData("0800 0400 dc050000", "4:dc050000")]
    [InlineData("0600 0300 6100 0000 0800 0400 dc050000", "3:6100 4:dc050000")] // padded to a multiple of four
    [InlineData("0600 0300 6100", "3:6100")] // the last one needs no padding
    [InlineData("0500 0300 61 000000 0400 0900", "3:61 9:")]
    [InlineData("0400 1280", "18:")] // the flag for "nested" is no part of the type
    [InlineData("0400 1240", "18:")] // nor is the one for network byte order
    public void Attributes_are_read_one_after_the_other(string bytes, string expected) =>
        Assert.Equal(expected, ReadAll(bytes));

    [Theory]
    [InlineData("0400 01", "3 bytes left of a 4-byte header")]
    [InlineData("0300 0100", "says it is 3 bytes long; 4 are left")]
    [InlineData("0000 0100", "says it is 0 bytes long; 4 are left")]
    [InlineData("0900 0100 dc050000", "says it is 9 bytes long; 8 are left")]
    [InlineData("ffff 0100", "says it is 65535 bytes long; 4 are left")]
    [InlineData("0400 0100 0800", "2 bytes left of a 4-byte header")]
    public void An_attribute_that_cannot_be_is_refused(string bytes, string problem)
    {
        var failure = Assert.Throws<InvalidDataException>(() => ReadAll(bytes));

        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10000000 0300 0000 07000000 00000000", "3:")]
    [InlineData("14000000 0200 0000 07000000 00000000 edffffff", "2:edffffff")]
    [InlineData("12000000 1000 0200 07000000 00000000 aabb 0000 10000000 0300 0200 07000000 00000000", "16:aabb 3:")]
    public void Messages_are_read_one_after_the_other(string bytes, string expected) =>
        Assert.Equal(expected, ReadMessages(bytes));

    [Theory]
    [InlineData("10000000 0300 0000 07000000", "12 bytes left of a 16-byte header")]
    [InlineData("0f000000 0300 0000 07000000 00000000", "says it is 15 bytes long; 16 are left")]
    [InlineData("ffffffff 0300 0000 07000000 00000000", "says it is 4294967295 bytes long; 16 are left")]
    public void A_message_that_cannot_be_is_refused(string bytes, string problem)
    {
        var failure = Assert.Throws<InvalidDataException>(() => ReadMessages(bytes));

        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_message_gives_index_name_address_mtu_and_kind()
    {
        var link = LinkMessage.Read(
            Bytes(
                "00 00 0100 05000000 43100100 00000000"
                    + // ifinfomsg, index 5
                    "0900 0300 65746830 00 000000"
                    + // IFLA_IFNAME "eth0"
                    "0a00 0100 0200000000ff 0000"
                    + // IFLA_ADDRESS
                    "0800 0400 78050000"
                    + // IFLA_MTU 1400
                    "1000 1200 0900 0100 76657468 00 000000"
                    + // IFLA_LINKINFO { IFLA_INFO_KIND "veth" }
                    "0800 ff3f 01020304"
            )
        ); // one of tomorrow

        Assert.Equal(new LinkInfo(5, "eth0", "02:00:00:00:00:ff", 1400, "veth"), link);
    }

    [Fact]
    public void A_link_message_without_attributes_is_a_link_without_a_name() =>
        Assert.Equal(
            new LinkInfo(7, "", null, 0, null),
            LinkMessage.Read(Bytes("00 00 0100 07000000 00000000 00000000"))
        );

    [Fact]
    public void A_link_message_shorter_than_its_header_is_refused() =>
        Assert.Throws<InvalidDataException>(() => LinkMessage.Read(Bytes("00 00 0100 07000000")));

    [Fact]
    public void A_request_by_name_carries_the_name_closed_and_padded() =>
        Assert.Equal(
            Bytes("00000000 00000000 00000000 00000000 0900 0300 65746830 00 000000"),
            LinkMessage.RequestByName("eth0")
        );

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string ReadAll(string hex)
    {
        var reader = new AttributeReader(Bytes(hex));
        var read = new List<string>();
        while (reader.TryRead(out var type, out var value))
            read.Add(string.Create(CultureInfo.InvariantCulture, $"{type}:{Convert.ToHexStringLower(value)}"));
        return string.Join(' ', read);
    }

    private static string ReadMessages(string hex)
    {
        var reader = new MessageReader(Bytes(hex));
        var read = new List<string>();
        while (reader.TryRead(out var header, out var payload))
            read.Add(string.Create(CultureInfo.InvariantCulture, $"{header.Type}:{Convert.ToHexStringLower(payload)}"));
        return string.Join(' ', read);
    }
}
