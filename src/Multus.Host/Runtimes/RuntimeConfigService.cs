using Multus.Engine.Installation;

namespace Multus.Host.Runtimes;

/// <summary>
/// Runs the keeper of the container runtime's configuration while the daemon is the node's: of two daemons that take
/// turns, the file is the newer one's business.
/// </summary>
/// <param name="keeper">Of the file.</param>
/// <param name="isOwner">Whether requests come to this daemon.</param>
/// <param name="time">Clock.</param>
internal sealed class RuntimeConfigService(RuntimeConfigKeeper keeper, Func<bool> isOwner, TimeProvider time)
    : BackgroundService
{
    public RuntimeConfigState State => keeper.State;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RuntimeConfigKeeper.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (isOwner())
                    await keeper.LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            if (isOwner())
                keeper.End();
        }
    }
}
