using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multus.ActorKernel.Event;

namespace Multus.ActorKernel.Hosting;

/// <summary>Runs the actor system with the host. Stopping takes no longer than the host's own deadline.</summary>
public sealed class AkkaHostedService : IHostedService
{
    private readonly AkkaConfigurationBuilder _configuration;
    private readonly IServiceProvider _services;
    private readonly IHostApplicationLifetime? _lifetime;
    private ActorSystem? _system;

    internal AkkaHostedService(AkkaConfigurationBuilder configuration, IServiceProvider services, IHostApplicationLifetime? lifetime)
    {
        _configuration = configuration;
        _services = services;
        _lifetime = lifetime;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _system = _services.GetRequiredService<ActorSystem>();
        await _configuration.StartAsync(_system).WaitAsync(cancellationToken).ConfigureAwait(false);
        _ = StopHostWithSystem(_system);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_system is null)
            return; // it never started, and the host says why

        try
        {
            await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ((ActorSystemImpl)_system).IsGivenUp = true;
            _system.Log.Warning("The host's deadline for stopping passed before the coordinated shutdown of {0} was done", _system.Name);
        }
    }

    private async Task StopHostWithSystem(ActorSystem system)
    {
        await system.WhenTerminated.ConfigureAwait(false);
        _lifetime?.StopApplication();
    }
}
