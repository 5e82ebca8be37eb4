using Xunit.Sdk;

namespace Multus.ActorKernel.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, or null if none comes in time. Without a time it waits as long as an expectation would.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Remember(_queue.Take(max is { } wanted ? Dilated(wanted) : RemainingOrDefault, cancellationToken))?.Message;

    /// <inheritdoc cref="ReceiveOne"/>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Remember(await _queue.TakeAsync(max is { } wanted ? Dilated(wanted) : RemainingOrDefault, cancellationToken).ConfigureAwait(false))?.Message;

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveUntil(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveUntil(numberOfMessages, Dilated(max), cancellationToken);

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveUntilAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveUntilAsync(numberOfMessages, Dilated(max), cancellationToken);

    /// <summary>Drops messages until one fits.</summary>
    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Drops messages until one is of the type and fits.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var end = EndOf(RemainingOrDilated(max));
        while (true)
        {
            var envelope = Remember(_queue.Take(end - Elapsed, cancellationToken)) ?? throw NothingFished(hint);
            if (envelope.Message is T typed && isMessage(typed))
                return typed;
        }
    }

    /// <inheritdoc cref="FishForMessage(Predicate{object}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <inheritdoc cref="FishForMessage{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var end = EndOf(RemainingOrDilated(max));
        while (true)
        {
            var envelope = Remember(await _queue.TakeAsync(end - Elapsed, cancellationToken).ConfigureAwait(false)) ?? throw NothingFished(hint);
            if (envelope.Message is T typed && isMessage(typed))
                return typed;
        }
    }

    private List<object> ReceiveUntil(int count, TimeSpan max, CancellationToken token)
    {
        var end = EndOf(max);
        List<object> received = [];
        while (received.Count < count)
            received.Add((Remember(_queue.Take(end - Elapsed, token)) ?? throw TooFew(received.Count, count, max)).Message);
        return received;
    }

    private async IAsyncEnumerable<object> ReceiveUntilAsync(
        int count, TimeSpan max, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        var end = EndOf(max);
        for (var received = 0; received < count; received++)
            yield return (Remember(await _queue.TakeAsync(end - Elapsed, token).ConfigureAwait(false)) ?? throw TooFew(received, count, max)).Message;
    }

    private static XunitException TooFew(int received, int wanted, TimeSpan max) =>
        new($"Timeout ({max}) while expecting {wanted} messages. Only got {received} after that time");

    private static XunitException NothingFished(string hint) => new($"Timeout during FishForMessage, hint: {hint}");

    /// <summary>What was received becomes <see cref="LastMessage"/>; nothing leaves it as it was.</summary>
    private MessageEnvelope? Remember(MessageEnvelope? envelope)
    {
        if (envelope is not null)
            LastEnvelope = envelope;
        return envelope;
    }
}
