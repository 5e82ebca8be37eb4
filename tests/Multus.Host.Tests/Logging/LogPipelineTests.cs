using Microsoft.Extensions.Logging;
using Multus.Configuration;
using Multus.Host.Logging;
using Multus.TestSupport;

namespace Multus.Host.Tests.Logging;

/// <summary>The log keeps what it can and holds nobody up.</summary>
public sealed class LogPipelineTests : IDisposable
{
    private readonly TempFolder _folder = new("multus-log-");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_lines_that_have_room_are_in_the_file_when_the_log_has_ended()
    {
        using (var log = Create(_folder["multus.log"]))
            Say(log, LogPipeline.MaxQueued / 2);

        Assert.Equal(LogPipeline.MaxQueued / 2, File.ReadLines(_folder["multus.log"]).Count());
    }

    [Fact]
    public void A_log_that_cannot_be_written_counts_its_lines_and_ends_without_an_error()
    {
        _folder.File("folder", "in the way");
        var log = Create(Path.Combine(_folder["folder"], "multus.log"));
        Say(log, 3);
        log.Dispose();

        Assert.Equal(new LogLoss("file", Dropped: 0, Failed: 3), Assert.Single(log.Losses));
    }

    [Fact]
    public async Task Once_it_can_be_written_again_the_log_says_how_many_lines_are_missing()
    {
        var folder = _folder.File("folder", "in the way");
        var file = Path.Combine(folder, "multus.log");
        using (var log = Create(file))
        {
            Say(log, 3);
            await Eventually.Holds(() => log.Losses[0].Failed >= 3, "the lines are counted as lost");
            File.Delete(folder);
            await Eventually.Holds(
                () =>
                {
                    Say(log, 1);
                    return File.Exists(file);
                },
                "the log is written again"
            );
        }

        Assert.Matches(
            @"\[WRN\] \d+ lines of this log are missing here: 0 dropped .*, \d+ could not be written",
            await File.ReadAllTextAsync(file)
        );
    }

    private static LogPipeline Create(string file)
    {
        var errors = new List<string>();
        var daemon = DaemonConfiguration.Parse(
            System.Text.Encoding.UTF8.GetBytes($$"""{ "logFile": "{{file}}", "logToStderr": false }"""),
            errors
        );
        Assert.Empty(errors);
        return LogPipeline.Create(daemon!, TimeProvider.System);
    }

    private static void Say(LogPipeline log, int lines)
    {
        var logger = log.Factory.CreateLogger("test");
        for (var i = 0; i < lines; i++)
            HostLog.NodeUnknown(logger);
    }
}
