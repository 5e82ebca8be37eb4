namespace Multus.Cni.Tests;

public sealed class CniCommandTests
{
    [Fact]
    public void Every_command_is_read_back_from_its_wire_form()
    {
        foreach (var command in Enum.GetValues<CniCommand>())
        {
            Assert.True(CniCommands.TryParse(command.ToWire(), out var read));
            Assert.Equal(command, read);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("add")]
    [InlineData("ADD ")]
    [InlineData("UPDATE")]
    public void Anything_else_is_no_command(string? text) => Assert.False(CniCommands.TryParse(text, out _));
}
