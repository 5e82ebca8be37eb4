using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multus.Actors.Node;
using Multus.Configuration;
using Multus.Host.Logging;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests.Logging;

/// <summary>What Akka itself has to say.</summary>
public sealed class AkkaLogTests : IDisposable
{
    private readonly TempFolder _folder = new("multus-log-");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_dead_letter_is_a_line_of_the_daemons_log()
    {
        var file = _folder["multus.log"];
        var configuration = DaemonConfiguration.Parse(
            System.Text.Encoding.UTF8.GetBytes($$"""{ "logFile": "{{file}}", "logToStderr": false }"""),
            []
        )!;
        using (var log = LogPipeline.Create(configuration, TimeProvider.System))
            await SendDeadLetter(log, file);

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Contains(lines, line => line.Contains("dead letters", StringComparison.Ordinal));
        Assert.All(
            lines,
            line =>
                Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d) \[(INF|WRN)\] [^\[{]", line)
        );
    }

    private static string Written(string file) => File.Exists(file) ? File.ReadAllText(file) : ""; // made by the first line

    /// <summary>
    /// Sends one more letter unless there is a line: Akka's listener subscribes in its own time, and what comes before
    /// that has no line.
    /// </summary>
    private static Task<bool> SendUntilWritten(IActorRef deadLetters, string file)
    {
        if (Written(file).Contains("dead letters", StringComparison.Ordinal))
            return Task.FromResult(true);

        deadLetters.Tell("to nobody");
        return Task.FromResult(false);
    }

    private static async Task SendDeadLetter(LogPipeline log, string file)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings()
        );
        log.AddTo(builder.Services);
        builder.Services.AddAkka(
            "test",
            (akka, _) => akka.AddDaemonSettings(Config.Empty, new StopTimes(TimeSpan.FromSeconds(1)), log.Factory)
        );
        using var host = builder.Build();
        await host.StartAsync();
        var deadLetters = host.Services.GetRequiredService<ActorSystem>().DeadLetters;
        await Wait.Until("the dead letter's line", () => SendUntilWritten(deadLetters, file), () => Written(file));
        await host.StopAsync();
    }
}
