namespace Multus.ActorKernel.Hosting;

/// <summary>An actor as a service: what is injected where one is needed.</summary>
public interface IRequiredActor<TActor>
{
    /// <exception cref="MissingActorRegistryEntryException">It is not registered yet: the actors start with the host.</exception>
    IActorRef ActorRef { get; }

    /// <summary>Waits until it is registered.</summary>
    Task<IActorRef> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>See <see cref="IRequiredActor{TActor}"/>.</summary>
public sealed class RequiredActor<TActor>(IReadOnlyActorRegistry registry) : IRequiredActor<TActor>
{
    private IActorRef? _known;

    public IActorRef ActorRef => _known ??= registry.Get<TActor>();

    public async Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) =>
        _known ??= await registry.GetAsync<TActor>(cancellationToken).ConfigureAwait(false);
}
