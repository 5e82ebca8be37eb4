using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>A log that cannot be written holds up nothing and ends nothing.</summary>
public sealed class LogTroubleTests(ITestOutputHelper output) : NodeTest(output)
{
    private const int PipeSize = 64 << 10;

    [RootFact]
    public async Task A_stderr_that_nobody_reads_stops_neither_requests_nor_the_end_of_the_daemon()
    {
        using var pipe = new UnreadPipe(Node);
        var pod = Node.Pod();
        var daemon = await Node.StartDaemon();

        await FillTheLog();

        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Assert.True(await LostAsync("stderr", "dropped") > 0);
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
    }

    [RootFact]
    public async Task When_stderr_is_read_again_the_log_says_how_many_lines_are_missing()
    {
        using var pipe = new UnreadPipe(Node);
        var daemon = await Node.StartDaemon();
        await FillTheLog();

        var log = pipe.ReadToEnd();
        await Wait.Until(
            "there is room for lines again",
            async () =>
                await LostAsync("stderr", "dropped") is var before
                && await MoreRequests()
                && await LostAsync("stderr", "dropped") == before
        );
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());

        Assert.Matches(
            @"\[WRN\] \d+ lines of this log are missing here: \d+ dropped ",
            await Wait.For("the end of the log", log)
        );
    }

    [RootFact]
    public async Task A_stderr_that_nobody_reads_does_not_hold_up_a_daemon_that_cannot_start()
    {
        using var pipe = new UnreadPipe(Node, isFull: true);
        await File.WriteAllTextAsync(
            Path.Combine(
                Directory.CreateDirectory(Path.GetDirectoryName(Node.Folders.Socket)!).FullName,
                "multus.sock"
            ),
            "no socket"
        );

        Assert.Equal(70, await Node.LaunchDaemon().Exited());
    }

    [RootFact]
    public async Task A_stderr_that_nobody_reads_does_not_hold_up_a_daemon_whose_settings_are_wrong()
    {
        using var pipe = new UnreadPipe(Node, isFull: true);
        Node.Hocon = "multus.delegates.slot = 3";

        Assert.Equal(64, await Node.LaunchDaemon().Exited());
    }

    [RootFact]
    public async Task A_full_disk_for_the_log_file_stops_neither_requests_nor_the_end_of_the_daemon()
    {
        var folder = Path.Combine(Node.Folders.Root, "log");
        Directory.CreateDirectory(folder);
        Node.With("logFile", Path.Combine(folder, "multus.log"));
        Node.Launcher =
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=64k tmpfs \"$0\" && exec \"$@\"",
            folder,
        ];
        var pod = Node.Pod();
        var daemon = await Node.StartDaemon();
        await FillTheLog();

        (await Node.Add(pod)).Succeeded();
        (await Node.Del(pod)).Succeeded();
        Assert.True(await LostAsync("file", "failed") > 0);
        Assert.Equal(0, await LostAsync("stderr", "failed"));
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
    }

    [RootFact]
    public async Task A_stderr_on_a_full_device_stops_neither_requests_nor_the_end_of_the_daemon()
    {
        Node.Launcher = ["sh", "-c", "exec \"$0\" \"$@\" 2>/dev/full"];
        var daemon = await Node.StartDaemon();

        Assert.True(await LostAsync("stderr", "failed") > 0);
        daemon.AskToStop();
        Assert.Equal(0, await daemon.Exited());
    }

    [RootFact]
    public async Task SIGHUP_opens_the_log_file_anew_and_the_daemon_goes_on()
    {
        var file = Path.Combine(Node.Folders.Root, "log", "multus.log");
        Node.With("logFile", file);
        Node.Launcher = ["env", "--default-signal=HUP"]; // whoever runs the tests may ignore it, as nohup does, and a program inherits that
        var daemon = await Node.StartDaemon();
        File.Move(file, $"{file}.1");

        daemon.Signal("HUP");

        await Wait.Until(
            "a line is in the new file",
            () => File.Exists(file) && File.ReadAllText(file).Contains("opened anew", StringComparison.Ordinal)
        );
        await MoreRequests();
        await Wait.Until(
            "the next line is in the new file",
            () => File.ReadAllText(file).Contains("no such path", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("no such path", await File.ReadAllTextAsync($"{file}.1"), StringComparison.Ordinal);
        Assert.True(await Node.Client.IsFine("/readyz"));
    }

    // More than the pipe, the queue and the small disk take together: each line repeats the path.
    private async Task FillTheLog()
    {
        const int lines = 2048 + 100;
        var longPath = "/" + new string('x', 2 * PipeSize / 100);
        for (var i = 0; i < lines; i++)
        {
            using var answer = await Node.Client.Send(HttpMethod.Get, longPath);
            Assert.False(answer.IsSuccessStatusCode);
        }
    }

    private async Task<bool> MoreRequests()
    {
        using var answer = await Node.Client.Send(HttpMethod.Get, "/nothing/here");
        return !answer.IsSuccessStatusCode;
    }

    private async Task<long> LostAsync(string place, string how)
    {
        using var answer = await Node.Client.Send(HttpMethod.Get, "/healthz");
        using var health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return health.RootElement.GetProperty("log").GetProperty(place).GetProperty(how).GetInt64();
    }

    /// <summary>
    /// A pipe for the daemon's stderr that the daemon itself holds open for reading, so that writing to it fills it,
    /// and then waits.
    /// </summary>
    private sealed class UnreadPipe : IDisposable
    {
        private readonly string _path;
        private Task<string>? _read;

        /// <param name="node">Whose daemons have it.</param>
        /// <param name="isFull">Not one more byte fits in.</param>
        public UnreadPipe(Node node, bool isFull = false)
        {
            _path = Path.Combine(node.Folders.Root, "stderr");
            ProcessTool.Run("mkfifo", _path);
            var fill = isFull ? $"head -c {PipeSize} /dev/zero >&3; " : "";
            node.Launcher = ["sh", "-c", $"exec 3<>\"$0\"; {fill}exec \"$@\" 2>&3", _path];
        }

        /// <summary>Reads from now on, until the daemon has ended.</summary>
        public Task<string> ReadToEnd()
        {
            _read = Task.Run(async () =>
            {
                using var reader = new StreamReader(_path);
                return await reader.ReadToEndAsync();
            });
            return _read;
        }

        public void Dispose() => _read?.Wait(Wait.Patience);
    }
}
