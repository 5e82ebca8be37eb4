namespace Multus.Core.Tests;

public class StableHashTests
{
    [Theory]
    [InlineData("", "cbf29ce484222325")]
    [InlineData("a", "af63dc4c8601ec8c")]
    [InlineData("foobar", "85944171f73967e8")]
    public void It_is_the_published_FNV_1a(string text, string hash) =>
        Assert.Equal(hash, StableHash.Of(System.Text.Encoding.ASCII.GetBytes(text)));
}
