using Xunit.Sdk;

namespace Multus.ActorKernel.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, which must come in time and be of the type.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(duration, hint, static (_, _) => null, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        NextAsync<T>(duration, hint, static (_, _) => null, cancellationToken);

    /// <summary>The next message, which must be equal to this one.</summary>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(timeout, hint, EqualTo(message), cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        NextAsync<T>(timeout, hint, EqualTo(message), cancellationToken);

    /// <summary>The next message, which must fit.</summary>
    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(timeout, hint, Fitting<T>((message, _) => isMessage(message)), cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        NextAsync<T>(timeout, hint, Fitting<T>((message, _) => isMessage(message)), cancellationToken);

    /// <summary>The next message, on which the assertion is run.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(timeout, hint, Asserting<T>((message, _) => assert(message)), cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Action{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        NextAsync<T>(timeout, hint, Asserting<T>((message, _) => assert(message)), cancellationToken);

    /// <summary>The next message, which must fit together with its sender.</summary>
    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(timeout, hint, Fitting(isMessageAndSender), cancellationToken);

    /// <summary>The next message, on which the assertion is run together with its sender.</summary>
    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(timeout, hint, Asserting(assertMessageAndSender), cancellationToken);

    /// <summary>The next message, which must come from this sender.</summary>
    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<T>(duration, hint, (_, from) => from.Equals(sender) ? null : $"It came from {from}, expected was {sender}", cancellationToken);

    /// <summary>The next message, which must be equal to one of these.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var allowed = messages.ToList();
        return Next<T>(null, null, (message, _) => allowed.Contains(message) ? null : $"Expected was one of [{string.Join(", ", allowed)}]", cancellationToken);
    }

    /// <inheritdoc cref="ExpectMsgAnyOf{T}"/>
    public ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var allowed = messages.ToList();
        return NextAsync<T>(null, null, (message, _) => allowed.Contains(message) ? null : $"Expected was one of [{string.Join(", ", allowed)}]", cancellationToken);
    }

    /// <summary>As many messages as there are here, equal to them in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default)
    {
        var received = ReceiveN(messages.Count, cancellationToken);
        var missing = messages.Where(message => !received.Contains(message!)).ToList();
        return missing.Count == 0
            ? [.. received.Cast<T>()]
            : throw new XunitException($"Not received: [{string.Join(", ", missing)}]; received: [{string.Join(", ", received)}]");
    }

    /// <summary>The next message, which must be the death of this actor.</summary>
    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Next<Terminated>(timeout, hint, DeathOf(target), cancellationToken);

    /// <inheritdoc cref="ExpectTerminated"/>
    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        NextAsync<Terminated>(timeout, hint, DeathOf(target), cancellationToken);

    /// <summary>Nothing may come for as long as an expectation would wait.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) => Nothing(RemainingOrDefault, cancellationToken);

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => Nothing(Dilated(duration), cancellationToken);

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) => NothingAsync(RemainingOrDefault, cancellationToken);

    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) => NothingAsync(Dilated(duration), cancellationToken);

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    private static Func<T, IActorRef, string?> EqualTo<T>(T expected) => (message, _) =>
        EqualityComparer<T>.Default.Equals(message, expected) ? null : $"Expected was {expected}";

    private static Func<T, IActorRef, string?> Fitting<T>(Func<T, IActorRef, bool> isMessage) => (message, sender) =>
        isMessage(message, sender) ? null : "It does not fit the predicate";

    private static Func<T, IActorRef, string?> Asserting<T>(Action<T, IActorRef> assert) => (message, sender) =>
    {
        assert(message, sender);
        return null;
    };

    private static Func<Terminated, IActorRef, string?> DeathOf(IActorRef target) => (message, _) =>
        message.ActorRef.Equals(target) ? null : $"Expected was the death of {target}";

    private T Next<T>(TimeSpan? timeout, string? hint, Func<T, IActorRef, string?> problemOf, CancellationToken token)
    {
        var patience = RemainingOrDilated(timeout);
        return Check(Remember(_queue.Take(patience, token)), patience, hint, problemOf);
    }

    private async ValueTask<T> NextAsync<T>(TimeSpan? timeout, string? hint, Func<T, IActorRef, string?> problemOf, CancellationToken token)
    {
        var patience = RemainingOrDilated(timeout);
        return Check(Remember(await _queue.TakeAsync(patience, token).ConfigureAwait(false)), patience, hint, problemOf);
    }

    private static T Check<T>(MessageEnvelope? envelope, TimeSpan patience, string? hint, Func<T, IActorRef, string?> problemOf)
    {
        var suffix = hint is null ? "" : $" Hint: {hint}";
        if (envelope is null)
            throw new XunitException($"Failed: Timeout {patience} while waiting for a message of type {typeof(T)}.{suffix}");

        if (envelope.Message is not T typed)
            throw new XunitException($"Failed: Expected a message of type {typeof(T)}, but received {{{envelope.Message}}} (type {envelope.Message.GetType()}) from {envelope.Sender}.{suffix}");

        return problemOf(typed, envelope.Sender) is { } problem
            ? throw new XunitException($"Failed: Received {{{typed}}} from {envelope.Sender}. {problem}.{suffix}")
            : typed;
    }

    private void Nothing(TimeSpan duration, CancellationToken token) => CheckNothing(Remember(_queue.Take(duration, token)), duration);

    private async ValueTask NothingAsync(TimeSpan duration, CancellationToken token) =>
        CheckNothing(Remember(await _queue.TakeAsync(duration, token).ConfigureAwait(false)), duration);

    private static void CheckNothing(MessageEnvelope? envelope, TimeSpan duration)
    {
        if (envelope is not null)
            throw new XunitException($"Failed: Expected no messages during {duration}, instead we received {{{envelope.Message}}} from {envelope.Sender}");
    }
}
