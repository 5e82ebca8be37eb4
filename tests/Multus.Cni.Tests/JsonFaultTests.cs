using System.Text;
using System.Text.Json;

namespace Multus.Cni.Tests;

public class JsonFaultTests
{
    [Theory]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3, at `»\"b\": 2`: ")]
    [InlineData("{ \"a\": true, }", "line 1, column 14, at `{ \"a\": true, »}`: ")]
    [InlineData("{\r\n\"ä\": tru\r\n}", "line 2, column 9, at `\"ä\": tru»`: ")]
    [InlineData(
        "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": no",
        "line 1, column 50, at `…aaaaaaaaaaaaaaaaaaaaaaaaaa\": n»o`: "
    )]
    public void Line_column_and_excerpt_are_those_of_the_fault(string json, string start)
    {
        var text = Describe(json);

        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Path:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_ends_too_early_says_so() =>
        Assert.StartsWith("line 1, column 8", Describe("{\"a\": 1"), StringComparison.Ordinal);

    [Fact]
    public void A_fault_without_a_place_has_its_words() => Assert.Equal("unexpected end of JSON input", Describe("  "));

    private static string Describe(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        return JsonFault.Describe(bytes, Assert.ThrowsAny<JsonException>(() => CniJson.Parse(bytes)));
    }
}
