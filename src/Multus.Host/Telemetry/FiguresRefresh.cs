using Multus.Host.Metrics;

namespace Multus.Host.Telemetry;

/// <summary>Brings the figures up to date for who sends them at times of its own.</summary>
/// <param name="metrics">What is brought up to date.</param>
/// <param name="figures">Asks those who know.</param>
/// <param name="every">How often.</param>
/// <param name="time">Clock.</param>
internal sealed class FiguresRefresh(NodeMetrics metrics, FiguresReader figures, TimeSpan every, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do metrics.Update(await figures.ReadWhatAnswersAsync(stoppingToken));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the daemon ends
        }
    }
}
