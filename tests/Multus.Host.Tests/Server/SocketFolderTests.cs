using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Host.Server;
using Multus.Host.Tests.Logging;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.Server;

public class SocketFolderTests
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task The_folder_is_made_for_its_owner_only_and_what_else_is_in_it_stays()
    {
        using var temp = new TempFolder();
        var folder = Path.Combine(temp.Path, "run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "other"), "kept");

        await SocketFolder.PrepareAsync(folder, TimeProvider.System, NullLogger.Instance);

        Assert.Equal(OnlyOwner, File.GetUnixFileMode(folder));
        Assert.True(File.Exists(Path.Combine(folder, "other")));
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_removed()
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
        await SocketFolder.PrepareAsync(temp.Path, TimeProvider.System, NullLogger.Instance);

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_socket_that_another_daemon_listens_on_is_waited_for_and_taken_over_when_that_is_gone()
    {
        using var temp = new TempFolder();
        var path = WirePaths.Socket(temp.Path);
        var log = new MemoryLog();
        var time = new FakeTimeProvider();
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        // It answers no question: its clients are cut off.
        using var served = new CancellationTokenSource();
        var serving = CutOffAsync(other, served.Token);
        var prepared = SocketFolder.PrepareAsync(temp.Path, time, log);
        await Eventually.Holds(() => !log.Lines.IsEmpty, "it is said");
        time.Advance(SocketFolder.Pause);

        Assert.False(prepared.IsCompleted);
        Assert.True(File.Exists(path));
        Assert.Contains($"another daemon is listening on {path}", Assert.Single(log.Lines), StringComparison.Ordinal);

        await served.CancelAsync();
        await serving;
        other.Dispose();
        while (!prepared.IsCompleted)
        {
            time.Advance(SocketFolder.Pause);
            await Task.Yield();
        }

        await prepared;
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("touch {0}", "a regular file")]
    [InlineData("mkfifo {0}", "a FIFO")]
    [InlineData("ln -s /nowhere {0}", "a link")]
    [InlineData("mkdir {0}", "a folder")]
    public async Task What_is_no_socket_in_its_place_is_refused_by_name_and_left_there(string make, string kind)
    {
        using var temp = new TempFolder();
        var path = WirePaths.Socket(temp.Path);
        ProcessTool.Run("sh", "-c", string.Format(System.Globalization.CultureInfo.InvariantCulture, make, path));

        var refused = await Assert.ThrowsAsync<IOException>(() =>
            SocketFolder.PrepareAsync(temp.Path, TimeProvider.System, NullLogger.Instance)
        );

        Assert.StartsWith($"{path} is {kind}, ", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(Linux.Files.FileStatus.FindLink(path));
    }

    private static async Task CutOffAsync(Socket listener, CancellationToken stop)
    {
        try
        {
            while (true)
                (await listener.AcceptAsync(stop)).Dispose();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the daemon has ended
        }
    }
}
