using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Multus.TestSupport;

/// <summary>
/// JSON texts that mean harm: known keys with values of any type, odd cases, repeated keys, and whole documents with
/// some bytes changed or cut off.
/// </summary>
public static class HostileJson
{
    private static readonly string[] Scalars =
    [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e999",
        "12345678901234567890",
        "\"\"",
        "\"a\"",
        "\"true\"",
        "\"1.0.0\"",
        "\"9.9\"",
        "\"0.4.0\"",
        "\"../..\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud834\\udd1e\"",
        "\"é<&>\"",
        "\"10.0.0.1/24\"",
        "\"::/0\"",
        "[]",
        "{}",
    ];

    /// <param name="keys">The keys that mean something.</param>
    public static Gen<byte[]> Document(params string[] keys) =>
        Gen.OneOf(Object(keys, 3), Object(keys, 3), Object(keys, 3), Value(keys, 3))
            .Select(text => Encoding.UTF8.GetBytes(text));

    /// <summary>Objects that begin with good members, so that more of them are accepted.</summary>
    public static Gen<byte[]> DocumentWith(string[] goodMembers, params string[] keys) =>
        from good in Gen.Elements(goodMembers)
        from text in Object(keys, 3)
        select Encoding.UTF8.GetBytes(text == "{}" ? $"{{{good}}}" : $"{{{good},{text[1..]}");

    /// <summary>The document with up to three bytes changed, or cut off.</summary>
    public static Gen<byte[]> Damaged(string good) =>
        from cut in Gen.Choose(0, 4)
        from at in Gen.Choose(0, Encoding.UTF8.GetByteCount(good) - 1)
        from places in Gen.Choose(0, Encoding.UTF8.GetByteCount(good) - 1).ArrayOf(3)
        from values in Gen.Choose(0, 255).ArrayOf(3)
        select Damage(Encoding.UTF8.GetBytes(good), cut == 0 ? at : null, places, values);

    private static byte[] Damage(byte[] bytes, int? cutAt, int[] places, int[] values)
    {
        if (cutAt is { } at)
            return bytes[..at];

        foreach (var (place, value) in places.Zip(values))
            bytes[place] = (byte)value;
        return bytes;
    }

    private static Gen<string> Value(string[] keys, int depth) =>
        depth == 0
            ? Gen.Elements(Scalars)
            : Gen.OneOf(Gen.Elements(Scalars), Gen.Elements(Scalars), Object(keys, depth - 1), Array(keys, depth - 1));

    private static Gen<string> Array(string[] keys, int depth) =>
        from items in Few(Value(keys, depth))
        select $"[{string.Join(',', items)}]";

    private static Gen<string> Object(string[] keys, int depth) =>
        from members in Few(Member(keys, depth))
        select $"{{{string.Join(',', members)}}}";

    private static Gen<string> Member(string[] keys, int depth) =>
        from key in Gen.Elements(keys)
        from name in Gen.Elements(key, key, key, key.ToUpperInvariant(), key + "x")
        from value in Value(keys, depth)
        select $"\"{name}\":{value}";

    private static Gen<string[]> Few(Gen<string> items) =>
        from count in Gen.Choose(0, 5)
        from some in items.ArrayOf(count)
        select some;
}
