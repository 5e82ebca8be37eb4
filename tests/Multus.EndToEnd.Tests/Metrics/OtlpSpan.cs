namespace Multus.EndToEnd.Tests.Metrics;

/// <param name="Trace">In hexadecimal, as the others.</param>
/// <param name="Parent">Empty: the first of its trace.</param>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name)
{
    public static OtlpSpan Read(ReadOnlyMemory<byte> span) =>
        new(Hex(span, 1), Hex(span, 2), Hex(span, 4), ProtobufFields.Text(span, 5));

    private static string Hex(ReadOnlyMemory<byte> span, int field) =>
        Convert.ToHexStringLower(ProtobufFields.All(span, field).FirstOrDefault().Span);
}
