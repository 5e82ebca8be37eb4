using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

/// <summary>The table of cni-runtime.md §9.</summary>
public sealed class PluginFailureTests
{
    [Theory]
    [InlineData("signal: killed", "", "", "netplugin failed with no error message: signal: killed")]
    [InlineData("exit status 3", " \n", "\n", "netplugin failed with no error message: exit status 3")]
    [InlineData(
        "exit status 1",
        "",
        "no\tsuch \"link\"\n",
        "netplugin failed: \"no\\tsuch \\\"link\\\"\": exit status 1"
    )]
    public void Edge_278_without_output_the_rest_is_said(string exit, string stdout, string stderr, string expected) =>
        Assert.Equal(new CniError(0, expected), Run(exit, stdout, stderr));

    [Theory]
    [InlineData("""{"code":7,"msg":"banana","details":"ripe"}""", 7u, "banana", "ripe")]
    [InlineData("""{"cniVersion":"1.0.0","code":113,"msg":"banana"}""", 113u, "banana", null)]
    [InlineData("""{"msg":"banana"}""", 0u, "banana", null)]
    [InlineData("""{"details":"ripe"}""", 0u, "", "ripe")]
    public void Edge_278_a_printed_error_object_is_the_error(
        string stdout,
        uint code,
        string message,
        string? details
    ) => Assert.Equal(new CniError(code, message, details), Run("exit status 1", stdout, "noise"));

    [Theory]
    [InlineData("{}", "", "netplugin failed with an error that says nothing, \"{}\": exit status 1")]
    [InlineData(
        "null",
        "why",
        "netplugin failed but error parsing its diagnostic message \"null\": exit status 1; an error must be an object, found null"
    )]
    [InlineData(
        "{}",
        "why",
        "netplugin failed with an error that says nothing, \"{}\", and \"why\" on stderr: exit status 1"
    )]
    [InlineData(
        "[]",
        "",
        "netplugin failed but error parsing its diagnostic message \"[]\": exit status 1; an error must be an object, found an array"
    )]
    [InlineData(
        """{"code":"x"}""",
        "",
        "netplugin failed but error parsing its diagnostic message \"{\\\"code\\\":\\\"x\\\"}\": exit status 1; code must be an integer, found the string \"x\""
    )]
    public void Edge_278_output_that_explains_nothing_is_shown(string stdout, string stderr, string expected) =>
        Assert.Equal(
            (0u, expected),
            (Run("exit status 1", stdout, stderr).Code, Run("exit status 1", stdout, stderr).Text)
        );

    [Fact]
    public void An_empty_error_object_keeps_its_code() =>
        Assert.Equal(11u, Run("exit status 1", """{"code":11}""", "").Code);

    [Fact]
    public void Garbage_is_quoted_in_one_line()
    {
        var error = Run("exit status 2", "panic: \x1b[31m\nline two", "");

        Assert.StartsWith(
            "netplugin failed but error parsing its diagnostic message \"panic: \\u001b[31m\\nline two\": ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_flood_is_cut_and_its_size_said()
    {
        var error = Run("exit status 2", "", new string('x', 5_000_000));

        Assert.Contains("(the beginning of 5000000 bytes)", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1000, 3000);
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        var error = PluginFailure.FromRun("exit status 1", new byte[] { 0xff, 0x00, 0xfe }, default);

        Assert.StartsWith(
            "netplugin failed but error parsing its diagnostic message \"\ufffd\\u0000\ufffd\": ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static CniError Run(string exit, string stdout, string stderr) =>
        PluginFailure.FromRun(exit, Json.Bytes(stdout), Json.Bytes(stderr));
}
