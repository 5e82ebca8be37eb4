using System.Net.Sockets;
using Multus.Shim.Tests.Support;

namespace Multus.Shim.Tests;

/// <summary>ADD, CHECK and STATUS while the daemon is away, comes back, or does not answer.</summary>
public sealed class DaemonAwayTests : IDisposable
{
    private static readonly string Added = ScriptedDaemon.Json(200, """{"Result":{"cniVersion":"1.1.0"}}""");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ADD_finds_a_daemon_that_comes_after_it()
    {
        var adding = Add();
        await using var daemon = ScriptedDaemon.Start(_folder.Path, Added);

        Assert.Equal(0, (await adding).ExitCode);
        Assert.Single(daemon.Requests);
    }

    [Fact]
    public async Task An_ADD_finds_a_daemon_whose_folder_comes_after_it()
    {
        var config = Config
            .In(_folder)
            .Replace(_folder.Path + "\"", _folder.In("run/multus") + "\"", StringComparison.Ordinal);
        var adding = ShimProcess.RunAsync(ShimProcess.Call("ADD"), config);
        Directory.CreateDirectory(_folder.In("run/multus"));
        await using var daemon = ScriptedDaemon.Start(_folder.In("run/multus"), Added);

        Assert.Equal(0, (await adding).ExitCode);
        Assert.Single(daemon.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ADD_that_broke_off_is_sent_again_unchanged_to_the_next_daemon(bool leavingItsSocket)
    {
        await using var first = ScriptedDaemon.StartDying(_folder.Path, leavingItsSocket);
        var adding = Add();
        await first.IsGone; // from here on the shim waits
        File.Delete(_folder.In("multus.sock"));
        await using var second = ScriptedDaemon.Start(_folder.Path, Added);

        Assert.Equal(0, (await adding).ExitCode);
        Assert.Equal(Assert.Single(first.Requests), Assert.Single(second.Requests));
    }

    [Fact]
    public async Task A_daemon_that_hangs_up_is_asked_again()
    {
        await using var daemon = ScriptedDaemon.Start(_folder.Path, null, "HTTP/1.1 200 OK\r\nContent-Le", Added);

        Assert.Equal(0, (await Add()).ExitCode);
        Assert.Equal(3, daemon.Requests.Count);
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public async Task A_daemon_that_stays_away_is_code_11_naming_socket_and_time(string command)
    {
        var run = await ShimProcess.RunAsync(
            ShimProcess.Call(command),
            Config.In(_folder, more: "\"daemonWaitSeconds\":0.2")
        );

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"there is no socket {_folder.In("multus.sock")}", run.Stdout, StringComparison.Ordinal);
        if (command != "STATUS") // whose words do not change from one time to the next
            Assert.Matches("waited \\d+ ms", run.Stdout);
    }

    [Fact]
    public async Task A_socket_that_nobody_ever_listens_on_is_code_11()
    {
        ScriptedDaemon.LeaveStaleSocket(_folder.Path);

        var run = await Add("\"daemonWaitSeconds\":0.2");

        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("nobody listens on", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task STATUS_waits_ten_seconds_at_most_and_says_the_same_each_time()
    {
        var runs = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    ShimProcess.RunAsync(
                        ShimProcess.Call("STATUS"),
                        Config.In(_folder, more: "\"daemonWaitSeconds\":86400")
                    )
                )
        );

        Assert.All(runs, run => Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal));
        Assert.Equal(runs[0].Stdout, runs[1].Stdout);
    }

    [Fact]
    public async Task A_daemon_that_does_not_answer_in_time_is_code_11()
    {
        await using var daemon = ScriptedDaemon.StartSilent(_folder.Path);

        var run = await Add("\"daemonTimeoutSeconds\":0.2");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("did not take this ADD: the daemon has not answered in", run.Stdout, StringComparison.Ordinal);
        Assert.Single(daemon.Requests);
    }

    [Fact]
    public async Task A_daemon_that_accepts_no_connection_in_time_is_code_11()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder.In("multus.sock")));
        listener.Listen(1);
        var waiting = FillQueue();

        var run = await Add("\"daemonTimeoutSeconds\":0.2");

        Assert.StartsWith("{\n    \"code\": 11,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("accepted no connection in", run.Stdout, StringComparison.Ordinal);
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_path_that_no_socket_can_have_is_an_error_of_the_configuration()
    {
        var config = Config
            .In(_folder)
            .Replace(_folder.Path + "\"", "/" + new string('x', 200) + "\"", StringComparison.Ordinal);

        var run = await ShimProcess.RunAsync(ShimProcess.Call("ADD"), config);

        Assert.StartsWith("{\n    \"code\": 7,\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("daemonSocketDir", run.Stdout, StringComparison.Ordinal);
    }

    // A connect that would have to wait says so to a socket that does not block.
    private List<Socket> FillQueue()
    {
        var clients = new List<Socket>();
        while (true)
        {
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                Blocking = false,
            };
            clients.Add(client);
            try
            {
                client.Connect(new UnixDomainSocketEndPoint(_folder.In("multus.sock")));
            }
            catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
            {
                return clients;
            }
        }
    }

    private Task<ShimRun> Add(string more = "\"daemonWaitSeconds\":30") =>
        ShimProcess.RunAsync(ShimProcess.Call("ADD"), Config.In(_folder, more: more));
}
