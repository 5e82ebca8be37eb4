namespace Multus.Cni.Tests;

public sealed class CniArgsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_text_is_no_args(string? text) => Assert.Empty(CniArgs.Parse(text));

    [Fact]
    public void Order_and_repetition_are_kept() =>
        Assert.Equal(
            [new("IgnoreUnknown", "1"), new("A", "x"), new("B", ""), new("A", "y")],
            CniArgs.Parse("IgnoreUnknown=1;A=x;B=;A=y").AsEnumerable()
        );

    [Fact]
    public void A_value_may_hold_an_equals_sign() =>
        Assert.Equal([new("TOKEN", "a=b=="), new("K", "v")], CniArgs.Parse("TOKEN=a=b==;K=v").AsEnumerable());

    [Theory]
    [InlineData("A", "\"A\"")]
    [InlineData("A=1;B;C=2", "\"B\"")]
    [InlineData("A=1;", "\"\"")]
    [InlineData(";", "\"\"")]
    [InlineData("A=1;=x", "\"=x\"")]
    [InlineData("A\n", "\"A\\n\"")]
    public void An_item_that_is_no_pair_is_named_in_the_error(string text, string item)
    {
        var refused = Assert.Throws<CniException>(() => CniArgs.Parse(text));

        Assert.Equal(CniErrorCode.InvalidEnvironment, refused.Error.Code);
        Assert.Equal($"ARGS: invalid pair {item}", refused.Error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("IgnoreUnknown=true;K8S_POD_NAMESPACE=default;K8S_POD_NAME=p")]
    [InlineData("A=b=c;D=")]
    public void What_was_parsed_is_formatted_as_it_was(string text) =>
        Assert.Equal(text, CniArgs.Format(CniArgs.Parse(text)));
}
