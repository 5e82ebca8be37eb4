using System.Text;

namespace Multus.Cni.Tests;

public sealed class ErrorLineTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(500, 10)]
    [InlineData(10, 500)]
    [InlineData(180, 500)]
    [InlineData(500, 500)]
    public void A_line_without_an_ID_is_as_short_as_one_with_it_and_begins_with_the_message(int message, int details)
    {
        var line = ErrorLine.Fit(new CniError(50, new string('m', message), new string('d', details)));

        Assert.InRange(line.Text.Length, 1, ErrorLine.MaxCharacters);
        Assert.StartsWith("mmmmmmmmmm", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_error_stays_as_it_is_and_ends_with_the_request()
    {
        var line = ErrorLine.Fit(
            new CniError(104, "ADD of network blue, interface net1: plugin bridge: no addresses left"),
            "r-1"
        );

        Assert.Equal(
            new CniError(104, "ADD of network blue, interface net1: plugin bridge: no addresses left", "request r-1"),
            line
        );
    }

    [Fact]
    public void Details_stand_before_the_request() =>
        Assert.Equal("busy; pool blue (request r-1)", ErrorLine.Fit(new CniError(11, "busy", "pool blue"), "r-1").Text);

    [Theory]
    [InlineData("request r-1", "busy; request r-1")]
    [InlineData("pool blue (request r-1)", "busy; pool blue (request r-1)")]
    public void A_request_that_is_named_already_is_not_named_twice(string details, string text) =>
        Assert.Equal(text, ErrorLine.Fit(new CniError(11, "busy", details), "r-1").Text);

    [Fact]
    public void Line_breaks_and_control_characters_are_folded_into_the_line() =>
        Assert.Equal("a; b\\u0007; c; d (request r)", ErrorLine.Fit(new CniError(1, "a\nb\u0007", "c\r\nd"), "r").Text);

    [Fact]
    public void A_long_message_loses_its_middle_and_keeps_its_cause()
    {
        var line = ErrorLine.Fit(
            new CniError(
                100,
                $"ADD of network blue, interface net1: plugin bridge: {new string('x', 500)}: operation not permitted"
            ),
            "r-1"
        );

        Assert.Equal(ErrorLine.MaxCharacters, line.Text.Length);
        Assert.StartsWith("ADD of network blue, interface net1: plugin bridge: xxx", line.Message);
        Assert.EndsWith("xxx: operation not permitted", line.Message);
        Assert.Equal("request r-1", line.Details);
    }

    [Fact]
    public void Long_details_give_way_before_the_message()
    {
        var message = $"ADD of network blue, interface net1: plugin bridge: {new string('x', 60)}";

        var line = ErrorLine.Fit(new CniError(100, message, $"{new string('d', 500)} the end"), "r-1");

        Assert.Equal(message, line.Message);
        Assert.Equal(ErrorLine.MaxCharacters, line.Text.Length);
        Assert.EndsWith("the end (request r-1)", line.Details);
    }

    [Fact]
    public void Network_and_interface_survive_whatever_the_length_of_everything()
    {
        var network = ErrorLine.Cut($"start{new string('n', 253)}end", ErrorLine.MaxName);
        var type = ErrorLine.Cut(new string('t', 300), ErrorLine.MaxType);

        var line = ErrorLine.Fit(
            new CniError(
                7,
                $"CHECK of network {network}, interface abcdefghijklmno: plugin {type}: {new string('m', 900)}",
                new string('d', 900)
            ),
            "k3j9x2ab-123456"
        );

        Assert.Equal(ErrorLine.MaxCharacters, line.Text.Length);
        Assert.StartsWith($"CHECK of network {network}, interface abcdefghijklmno: ", line.Message);
        Assert.Equal(7u, line.Code);
    }

    [Theory]
    [InlineData("😀")]
    [InlineData("a😀")]
    [InlineData("é漢")]
    public void No_cut_goes_through_a_character(string unit)
    {
        for (var length = 150; length < 260; length++)
        {
            var text = string.Concat(Enumerable.Repeat(unit, length))[..length];
            if (char.IsHighSurrogate(text[^1]))
                text = text[..^1];

            var line = ErrorLine.Fit(new CniError(1, text, text), "r").Text;

            Assert.True(line.Length <= ErrorLine.MaxCharacters);
            Assert.Equal(line, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line))); // half a pair would not come back
        }
    }
}
