using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>The log file of the configuration.</summary>
public sealed class LogFileTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task A_log_file_is_rolled_at_its_size_and_only_so_many_are_kept()
    {
        const int oneMegabyte = 1 << 20;
        var file = Path.Combine(Node.Folders.Root, "log", "multus.log");
        Node.With("logFile", file)
            .WithJson("logToStderr", "false")
            .WithJson("logOptions", """{"maxSize":1,"maxBackups":1}""");
        await Node.StartDaemon();

        // Each line of the log repeats the path: three files' worth of them.
        var longPath = "/" + new string('x', 7000);
        for (var written = 0; written < 3 * oneMegabyte; written += longPath.Length)
        {
            using var answer = await Node.Client.Send(HttpMethod.Get, longPath);
            Assert.False(answer.IsSuccessStatusCode);
        }

        Node.Daemon.AskToStop();
        Assert.Equal(0, await Node.Daemon.Exited());

        FileInfo[] files =
        [
            .. new DirectoryInfo(Path.GetDirectoryName(file)!)
                .EnumerateFiles()
                .OrderBy(log => log.Name, StringComparer.Ordinal),
        ];
        Assert.Equal(2, files.Length);
        Assert.All(files, log => Assert.InRange(log.Length, 1, oneMegabyte + (2 * longPath.Length)));
        Assert.Contains("stopped", await File.ReadAllTextAsync(files[^1].FullName), StringComparison.Ordinal);
        Assert.Empty(Node.Log.Lines);
    }
}
