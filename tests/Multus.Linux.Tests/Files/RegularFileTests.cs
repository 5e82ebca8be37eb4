using System.Net.Sockets;
using Multus.Linux.Files;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void A_file_is_read_whole_also_through_a_link(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        File.WriteAllBytes(_temp["file"], content);
        File.CreateSymbolicLink(_temp["link"], _temp["file"]);

        Assert.Equal(content, RegularFile.Read(_temp["file"]));
        Assert.Equal(content, RegularFile.Read(_temp["link"]));
    }

    [Fact]
    public void A_file_that_does_not_say_its_length_is_read_whole() =>
        Assert.Equal(
            File.ReadAllText("/proc/self/mountinfo"),
            System.Text.Encoding.UTF8.GetString(RegularFile.Read("/proc/self/mountinfo"))
        );

    [Fact]
    public void A_missing_file_is_told_from_one_that_cannot_be_read()
    {
        Assert.Throws<FileNotFoundException>(() => RegularFile.Read(_temp["missing"]));
        Assert.Throws<FileNotFoundException>(() => RegularFile.Read(Path.Combine(_temp["missing"], "file")));
        File.WriteAllText(_temp["file"], "");
        Assert.Throws<FileNotFoundException>(() => RegularFile.Read(Path.Combine(_temp["file"], "below")));
    }

    [Fact]
    public void A_fifo_is_refused_by_name_and_does_not_hang()
    {
        ProcessTool.Run("mkfifo", _temp["fifo"]);

        Assert.Equal(FileKind.Fifo, Refused(_temp["fifo"], "a FIFO"));
    }

    [Fact]
    public void A_device_a_socket_and_a_folder_are_refused_by_name_also_behind_a_link()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_temp["socket"]));
        File.CreateSymbolicLink(_temp["link"], "/dev/zero");

        Assert.Equal(FileKind.CharacterDevice, Refused("/dev/zero", "a character device"));
        Assert.Equal(FileKind.CharacterDevice, Refused(_temp["link"], "a character device"));
        Assert.Equal(FileKind.Socket, Refused(_temp["socket"], "a socket"));
        Assert.Equal(FileKind.Folder, Refused(_temp.Folder("folder"), "a folder"));
    }

    [Fact]
    public void No_more_is_read_than_is_allowed()
    {
        File.WriteAllBytes(_temp["file"], new byte[11]);

        Assert.Equal(11, RegularFile.Read(_temp["file"], maxBytes: 11).Length);
        var refused = Assert.Throws<IOException>(() => RegularFile.Read(_temp["file"], maxBytes: 10));
        Assert.Contains(
            $"{_temp["file"]}: it has 11 bytes, at most 10 are allowed",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Throws<IOException>(() => RegularFile.Read("/proc/self/mountinfo", maxBytes: 10)); // it says that it has none
    }

    private static FileKind Refused(string path, string kind)
    {
        var refused = Assert.Throws<IrregularFileException>(() => RegularFile.Read(path));
        Assert.Contains(
            $"cannot read {path}: it is {kind}, must be a regular file",
            refused.Message,
            StringComparison.Ordinal
        );
        return refused.Kind;
    }
}
