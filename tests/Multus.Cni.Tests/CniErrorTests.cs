namespace Multus.Cni.Tests;

public sealed class CniErrorTests
{
    [Fact]
    public void The_text_joins_message_and_details()
    {
        Assert.Equal("no", new CniError(1, "no").Text);
        Assert.Equal("no; because", new CniError(1, "no", "because").Text);
        Assert.Equal("no; because", new CniException(1, "no", "because").Message);
    }

    [Theory]
    [InlineData(7u, "bad", null, """{"code":7,"msg":"bad"}""")]
    [InlineData(7u, "bad", "", """{"code":7,"msg":"bad"}""")]
    [InlineData(
        4294967295u,
        "a<b>&\"c\"\\",
        "é\n",
        """{"code":4294967295,"msg":"a\u003cb\u003e\u0026\"c\"\\","details":"é\n"}"""
    )]
    public void An_error_is_written_as_upstream_writes_it(
        uint code,
        string message,
        string? details,
        string expected
    ) => Assert.Equal(expected, Json.Text(new CniError(code, message, details).ToJson()));

    [Fact]
    public void Indented_means_four_spaces_and_no_newline_at_the_end() =>
        Assert.Equal(
            "{\n    \"code\": 11,\n    \"msg\": \"later\"\n}",
            Json.Text(new CniError(11, "later").ToJson(indented: true))
        );

    [Theory]
    [InlineData("""{"code":11,"msg":"later","details":"soon"}""", 11u, "later", "soon")]
    [InlineData("""{"cniVersion":"1.0.0","code":100,"msg":"own"}""", 100u, "own", null)]
    [InlineData("""{"Code":3,"MSG":"case"}""", 3u, "case", null)]
    [InlineData("""{"msg":"only"}""", 0u, "only", null)]
    [InlineData("""{"code":5,"msg":null,"details":""}""", 5u, "", null)]
    public void An_error_object_is_read(string json, uint code, string message, string? details)
    {
        Assert.True(CniError.TryParse(Json.Bytes(json), out var error));
        Assert.Equal(new CniError(code, message, details), error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"cniVersion":"1.0.0","ips":[]}""")]
    [InlineData("""{"code":"7","msg":"x"}""")]
    [InlineData("""{"code":-1}""")]
    [InlineData("""{"code":1.5}""")]
    [InlineData("""{"code":4294967296}""")]
    [InlineData("""{"code":1,"msg":{}}""")]
    [InlineData("""{"code":1} x""")]
    public void What_is_no_error_object_is_said_to_be_none(string json) =>
        Assert.False(CniError.TryParse(Json.Bytes(json), out _));

    [Fact]
    public void Every_error_that_is_written_is_read_back()
    {
        var error = new CniError(999, "\u0001<\u2028>", "x\ty");

        Assert.True(CniError.TryParse(error.ToJson(indented: true), out var read));
        Assert.Equal(error, read);
    }

    [Fact]
    public void A_prefix_keeps_code_and_details_and_folds_the_message_into_one_line()
    {
        var error = new CniError(50, "first\r\nsecond\tthird\u0007", "details").Prefixed("in X: ");

        Assert.Equal(new CniError(50, "in X: first; second\\tthird\\u0007", "details"), error);
    }
}
