using System.Text;

namespace Multus.EndToEnd.Tests.Metrics;

/// <summary>Finds fields in a protobuf message by their numbers, without its definition
/// (https://protobuf.dev/programming-guides/encoding/).</summary>
internal static class ProtobufFields
{
    /// <param name="message">The message.</param>
    /// <param name="path">Numbers of fields that are messages, bytes or text, each inside of the one before.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> All(ReadOnlyMemory<byte> message, params int[] path)
    {
        foreach (var field in Of(message, path[0]))
        {
            if (path.Length == 1)
                yield return field;
            else
                foreach (var inner in All(field, path[1..]))
                    yield return inner;
        }
    }

    public static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(All(message, field).FirstOrDefault().Span);

    private static List<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> message, int wanted)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        while (at < message.Length)
        {
            var (field, kind) = Math.DivRem((int)Number(message.Span, ref at), 8);
            switch (kind)
            {
                case 0:
                    Number(message.Span, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Number(message.Span, ref at);
                    if (field == wanted)
                        found.Add(message.Slice(at, length));
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {kind} at {at}");
            }
        }

        return found;
    }

    private static ulong Number(ReadOnlySpan<byte> message, ref int at)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }
    }
}
