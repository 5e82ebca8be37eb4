using System.Text;
using System.Text.Json;

namespace Multus.Cni.Tests;

public sealed class CniJsonTests
{
    [Theory]
    [InlineData("""{"ips":1,"IPS":2}""", 1)]
    [InlineData("""{"IPS":2,"ips":1}""", 1)]
    [InlineData("""{"IPS":1,"Ips":2}""", 2)]
    [InlineData("""{"ips":1,"ips":2}""", 2)]
    public void The_exact_name_is_preferred_and_the_last_of_equal_ones_wins(string json, int expected)
    {
        Assert.True(CniJson.TryGetIgnoringCase(Json.Element(json), "ips", out var value));
        Assert.Equal(expected, value.GetInt32());
    }

    [Theory]
    [InlineData("""{"a":1}""", "b")]
    [InlineData("""{"a":"ips"}""", "ips")]
    [InlineData("""{"a":{"ips":1}}""", "ips")]
    [InlineData("""{"ipsy":1,"tips":2}""", "ips")]
    [InlineData("""{"a":1}""", "a-name-longer-than-the-object")]
    [InlineData("{}", "a")]
    public void An_absent_name_is_not_found(string json, string name) =>
        Assert.False(CniJson.TryGetIgnoringCase(Json.Element(json), name, out _));

    [Theory]
    [InlineData("""{"\u0049ps":1}""", "ips")]
    [InlineData("""{"x":"é","IPS":1}""", "ips")]
    [InlineData("""{"É":1}""", "é")]
    [InlineData("""{"a":"ip","i":"ips","iPs":1}""", "ips")]
    [InlineData("""{"":1}""", "")]
    public void A_name_is_found_however_it_is_written(string json, string name)
    {
        Assert.True(CniJson.TryGetIgnoringCase(Json.Element(json), name, out var value));
        Assert.Equal(1, value.GetInt32());
    }

    [Theory]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"A":null}""")]
    [InlineData("""{"a":1,"a":null}""")]
    [InlineData("{}")]
    public void A_member_that_is_null_is_as_good_as_absent(string json) =>
        Assert.Null(CniJson.Find(Json.Element(json), "a"));

    [Theory]
    [InlineData("""{"A":false}""", "false")]
    [InlineData("""{"a":""}""", "\"\"")]
    [InlineData("""{"a":null,"a":0}""", "0")]
    public void A_member_that_is_empty_is_there(string json, string expected) =>
        Assert.Equal(expected, CniJson.Find(Json.Element(json), "a")?.GetRawText());

    [Fact]
    public void Documents_are_written_one_within_the_other()
    {
        var outer = CniJson.Write(writer =>
        {
            writer.WriteStartArray();
            writer.WriteRawValue(CniJson.Write(inner => inner.WriteStringValue(new string('x', 10_000))));
            writer.WriteRawValue(CniJson.Write(inner => inner.WriteNumberValue(1)));
            writer.WriteEndArray();
        });

        Assert.Equal($"[\"{new string('x', 10_000)}\",1]", Encoding.UTF8.GetString(outer));
        Assert.Equal("2", Encoding.UTF8.GetString(CniJson.Write(writer => writer.WriteNumberValue(2))));
    }

    [Theory]
    [InlineData("""{"b":{"z":1,"a":[{"y":1,"x":2}]},"a":null}""", """{"a":null,"b":{"a":[{"x":2,"y":1}],"z":1}}""")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a":3,"b":2}""")]
    [InlineData(
        """{ "n" : [ 12345678901234567890, 1.10, 1e400, -0 ] }""",
        """{"n":[12345678901234567890,1.10,1e400,-0]}"""
    )]
    [InlineData("""{"s":"<a>&'+\u2028é𝄞\/"}""", """{"s":"\u003ca\u003e\u0026'+\u2028é𝄞/"}""")]
    [InlineData("""{"<k>":1}""", """{"\u003ck\u003e":1}""")]
    [InlineData("[]", "[]")]
    [InlineData("{}", "{}")]
    public void Rewriting_sorts_keys_keeps_digits_and_escapes_as_upstream(string json, string expected) =>
        Assert.Equal(expected, Json.Text(CniJson.Write(writer => CniJson.WriteSorted(writer, Json.Element(json)))));

    [Fact]
    public void Control_characters_are_escaped_in_upstreams_spelling() =>
        Assert.Equal(
            "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\u007f\\u2029\"",
            Json.Text(CniJson.Write(writer => writer.WriteStringValue("\0\u001f\b\f\n\r\t\"\\\u007f\u2029")))
        );

    [Fact]
    public void Half_a_surrogate_pair_is_written_as_a_replacement_character() =>
        Assert.Equal("\"a\\ufffdb\"", Json.Text(CniJson.Write(writer => writer.WriteStringValue("a\ud800b"))));

    [Fact]
    public void Long_text_is_escaped_to_its_end()
    {
        var text = string.Concat(Enumerable.Repeat("<𝄞é>", 5000));

        var written = CniJson.Write(writer => writer.WriteStringValue(text));

        Assert.Equal(text, CniJson.Parse(written).GetString());
        Assert.DoesNotContain((byte)'<', written);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("""{"a":1,}""")]
    [InlineData("// comment\n{}")]
    [InlineData("\ufeff{}")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":01}""")]
    public void What_is_not_one_clean_document_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => CniJson.Parse(Json.Bytes(json)));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.ThrowsAny<JsonException>(() => CniJson.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' }));

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Equal(JsonValueKind.Array, CniJson.Parse(Nested(CniJson.MaxDepth)).ValueKind);
        Assert.ThrowsAny<JsonException>(() => CniJson.Parse(Nested(CniJson.MaxDepth + 1)));
        Assert.ThrowsAny<JsonException>(() => CniJson.Parse(Nested(1_000_000)));
    }

    [Fact]
    public void Size_is_bounded()
    {
        var large = Encoding.ASCII.GetBytes(new string(' ', CniJson.MaxDocumentBytes) + "1");

        Assert.Equal(JsonValueKind.Number, CniJson.Parse(large.AsMemory(1)).ValueKind);
        Assert.ThrowsAny<JsonException>(() => CniJson.Parse(large));
    }

    private static byte[] Nested(int depth) => Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
}
