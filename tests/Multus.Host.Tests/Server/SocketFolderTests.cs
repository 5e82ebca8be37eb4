using System.Net.Sockets;
using Multus.Host.Server;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.Server;

public class SocketFolderTests
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void The_folder_is_made_for_its_owner_only_and_what_else_is_in_it_stays()
    {
        using var temp = new TempFolder();
        var folder = Path.Combine(temp.Path, "run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "other"), "kept");

        SocketFolder.Prepare(folder);

        Assert.Equal(OnlyOwner, File.GetUnixFileMode(folder));
        Assert.True(File.Exists(Path.Combine(folder, "other")));
    }

    [Fact]
    public void A_socket_that_nobody_listens_on_is_removed()
    {
        using var temp = new TempFolder();
        var path = WirePaths.Socket(temp.Path);
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
            left.Listen();
            File.Move(path, path + ".kept"); // .NET deletes the file on dispose; a killed daemon does not
        }

        File.Move(path + ".kept", path);
        SocketFolder.Prepare(temp.Path);

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_socket_that_another_daemon_listens_on_is_left_alone_and_named()
    {
        using var temp = new TempFolder();
        var path = WirePaths.Socket(temp.Path);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        var refused = Assert.Throws<IOException>(() => SocketFolder.Prepare(temp.Path));

        Assert.Contains(path, refused.Message);
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("touch {0}", "a regular file")]
    [InlineData("mkfifo {0}", "a FIFO")]
    [InlineData("ln -s /nowhere {0}", "a link")]
    [InlineData("mkdir {0}", "a folder")]
    public void What_is_no_socket_in_its_place_is_refused_by_name_and_left_there(string make, string kind)
    {
        using var temp = new TempFolder();
        var path = WirePaths.Socket(temp.Path);
        ProcessTool.Run("sh", "-c", string.Format(System.Globalization.CultureInfo.InvariantCulture, make, path));

        var refused = Assert.Throws<IOException>(() => SocketFolder.Prepare(temp.Path));

        Assert.StartsWith($"{path} is {kind}, ", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(Linux.Files.FileStatus.FindLink(path));
    }
}
