namespace Multus.Cni.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0123456789abcdef")]
    [InlineData("Some_id.with-all")]
    public void Letters_digits_and_three_signs_make_ids_and_network_names(string text)
    {
        Assert.Equal(text, SandboxId.Parse(text).Value);
        Assert.Equal(text, NetworkName.Parse(text).ToString());
    }

    [Theory]
    [InlineData("a%b")]
    [InlineData("-a")]
    [InlineData("_a")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("ä")]
    [InlineData("a٣")]
    public void Any_other_character_is_refused_in_ids_and_network_names(string text)
    {
        var id = Assert.Throws<CniException>(() => SandboxId.Parse(text));
        var network = Assert.Throws<CniException>(() => NetworkName.Parse(text));

        Assert.Equal(new CniError(4, "invalid characters in containerID", text), id.Error);
        Assert.Equal(new CniError(7, "invalid characters found in network name", text), network.Error);
        Assert.False(SandboxId.TryParse(text, out _));
        Assert.False(NetworkName.TryParse(text, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_missing_name_has_an_error_of_its_own(string? text)
    {
        Assert.Equal(
            new CniError(3, "missing containerID"),
            Assert.Throws<CniException>(() => SandboxId.Parse(text)).Error
        );
        Assert.Equal(
            new CniError(7, "missing network name:"),
            Assert.Throws<CniException>(() => NetworkName.Parse(text)).Error
        );
        Assert.Equal(
            new CniError(4, "interface name is empty"),
            Assert.Throws<CniException>(() => InterfaceName.Parse(text)).Error
        );
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("exactly15bytes_")]
    [InlineData("ééééééé")]
    [InlineData("...")]
    [InlineData("net1@if2")]
    public void An_interface_may_have_any_name_that_the_kernel_takes(string text) =>
        Assert.Equal(text, InterfaceName.Parse(text).Value);

    [Theory]
    [InlineData("sixteen_bytes_oh", "interface name is too long; interface name should be less than 16 characters")]
    [InlineData("éééééééé", "interface name is too long; interface name should be less than 16 characters")]
    [InlineData(".", "interface name is . or ..")]
    [InlineData("..", "interface name is . or ..")]
    [InlineData("a/b", "interface name contains / or : or whitespace characters")]
    [InlineData("eth0:1", "interface name contains / or : or whitespace characters")]
    [InlineData("a b", "interface name contains / or : or whitespace characters")]
    [InlineData("a\tb", "interface name contains / or : or whitespace characters")]
    [InlineData("a\u00a0b", "interface name contains / or : or whitespace characters")]
    [InlineData("a\u2003b", "interface name contains / or : or whitespace characters")]
    [InlineData("a\0b", "interface name contains control characters")]
    [InlineData("a\u001bb", "interface name contains control characters")]
    public void An_interface_name_that_breaks_a_rule_is_refused_with_that_rule(string text, string expected)
    {
        var refused = Assert.Throws<CniException>(() => InterfaceName.Parse(text));

        Assert.Equal(CniErrorCode.InvalidEnvironment, refused.Error.Code);
        Assert.Equal(expected, refused.Message);
        Assert.False(InterfaceName.TryParse(text, out _));
    }
}
