using Multus.Cni;

namespace Multus.Wire.Tests;

public sealed class PathTests
{
    [Theory]
    [InlineData("", "/run/multus/multus.sock")]
    [InlineData("/run/multus/", "/run/multus/multus.sock")]
    [InlineData("/host/run/multus", "/host/run/multus/multus.sock")]
    public void The_socket_lies_in_its_folder_with_or_without_a_slash(string folder, string expected)
    {
        Assert.Equal(expected, WirePaths.Socket(folder));
    }

    [Fact]
    public void A_pending_delete_is_named_after_container_and_interface()
    {
        var name = PendingDelete.FileName(SandboxId.Parse("abc.1"), InterfaceName.Parse("eth0.7"));

        Assert.Equal("abc.1.eth0.7.json", name);
        Assert.True(PendingDelete.IsPendingFile(name));
    }

    [Theory]
    [InlineData("c1.eth0.json.12-ab.tmp")]
    [InlineData("c1.eth0.json.tmp")]
    [InlineData("c1.json")]
    [InlineData(".json")]
    [InlineData(".eth0.json")]
    [InlineData("c1..json")]
    [InlineData("c1.eth0")]
    [InlineData("")]
    public void Other_files_of_the_folder_are_no_pending_deletes(string name)
    {
        Assert.False(PendingDelete.IsPendingFile(name));
    }
}
