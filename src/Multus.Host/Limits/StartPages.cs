using Multus.Linux.Processes;

namespace Multus.Host.Limits;

/// <summary>Lets go of the code that only a start runs, once that is over (docs/decisions/0008-memory.md).</summary>
/// <param name="time">The clock.</param>
/// <param name="log">Hears of a kernel that does not say what is mapped.</param>
internal sealed class StartPages(TimeProvider time, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Over = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Over, time, stoppingToken);
        try
        {
            ProgramText.Release();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            HostLog.StartPagesKept(log, e.Message);
        }
    }
}
