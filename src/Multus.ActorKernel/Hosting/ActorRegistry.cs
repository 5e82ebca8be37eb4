using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Multus.ActorKernel.Hosting;

/// <summary>Finds actors by a type that stands for them.</summary>
public interface IReadOnlyActorRegistry : IEnumerable<KeyValuePair<Type, IActorRef>>
{
    bool TryGet<TKey>([NotNullWhen(true)] out IActorRef? actor);

    bool TryGet(Type key, [NotNullWhen(true)] out IActorRef? actor);

    /// <exception cref="MissingActorRegistryEntryException">Nothing is registered for the type.</exception>
    IActorRef Get<TKey>();

    /// <summary>Waits until an actor is registered for the type.</summary>
    Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default);

    /// <summary>Waits until an actor is registered for the type.</summary>
    Task<IActorRef> GetAsync(Type key, CancellationToken ct = default);
}

/// <summary>Registers actors under a type that stands for them.</summary>
public interface IActorRegistry : IReadOnlyActorRegistry
{
    /// <exception cref="DuplicateActorRegistryException">The type has an actor, and it is not to be overwritten.</exception>
    void Register<TKey>(IActorRef actor, bool overwrite = false);

    /// <returns>False if the type has an actor that is not to be overwritten.</returns>
    bool TryRegister<TKey>(IActorRef actor, bool overwrite = false);

    /// <returns>False if the type has an actor that is not to be overwritten.</returns>
    bool TryRegister(Type key, IActorRef actor, bool overwrite = false);
}

/// <summary>The registry of one actor system.</summary>
public sealed class ActorRegistry : IActorRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, IActorRef> _actors = [];
    private readonly Dictionary<Type, List<TaskCompletionSource<IActorRef>>> _waiting = [];

    public static ActorRegistry For(ActorSystem actorSystem) => ((ActorSystemImpl)actorSystem).Extension(_ => new ActorRegistry());

    public void Register<TKey>(IActorRef actor, bool overwrite = false)
    {
        if (!TryRegister<TKey>(actor, overwrite))
            throw new DuplicateActorRegistryException($"An actor is registered for {typeof(TKey)} already: {Get<TKey>()}; pass overwrite to replace it by {actor}");
    }

    public bool TryRegister<TKey>(IActorRef actor, bool overwrite = false) => TryRegister(typeof(TKey), actor, overwrite);

    public bool TryRegister(Type key, IActorRef actor, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(actor);
        List<TaskCompletionSource<IActorRef>>? waiting;
        lock (_gate)
        {
            if (!overwrite && _actors.ContainsKey(key))
                return false;

            _actors[key] = actor;
            _waiting.Remove(key, out waiting);
        }

        foreach (var waiter in waiting ?? [])
            waiter.TrySetResult(actor);
        return true;
    }

    public bool TryGet<TKey>([NotNullWhen(true)] out IActorRef? actor) => TryGet(typeof(TKey), out actor);

    public bool TryGet(Type key, [NotNullWhen(true)] out IActorRef? actor)
    {
        lock (_gate)
            return _actors.TryGetValue(key, out actor);
    }

    public IActorRef Get<TKey>() => TryGet<TKey>(out var actor)
        ? actor
        : throw new MissingActorRegistryEntryException($"No actor is registered for {typeof(TKey)}");

    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default) => GetAsync(typeof(TKey), ct);

    public async Task<IActorRef> GetAsync(Type key, CancellationToken ct = default)
    {
        var waiter = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_actors.TryGetValue(key, out var actor))
                return actor;

            if (!_waiting.TryGetValue(key, out var waiting))
                _waiting[key] = waiting = [];
            waiting.Add(waiter);
        }

        try
        {
            return await waiter.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Forget(key, waiter);
            throw;
        }
    }

    public IEnumerator<KeyValuePair<Type, IActorRef>> GetEnumerator()
    {
        lock (_gate)
            return new List<KeyValuePair<Type, IActorRef>>(_actors).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Forget(Type key, TaskCompletionSource<IActorRef> waiter)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(key, out var waiting) && waiting.Remove(waiter) && waiting.Count == 0)
                _waiting.Remove(key);
        }
    }
}

/// <summary>Something is wrong with a registration.</summary>
public class ActorRegistryException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A type has an actor already.</summary>
public sealed class DuplicateActorRegistryException(string message, Exception? innerException = null) : ActorRegistryException(message, innerException);

/// <summary>A type has no actor.</summary>
public sealed class MissingActorRegistryEntryException(string message, Exception? innerException = null) : ActorRegistryException(message, innerException);
