namespace Multus.ActorKernel.TestKit;

/// <summary>What can be done with the events of a filter. Awaiting takes as long as <c>akka.test.filter-leeway</c> after the code has run, if nothing else is said.</summary>
public interface IEventFilterApplier
{
    /// <summary>Further events for the same filter.</summary>
    EventFilterFactory And { get; }

    /// <summary>Fails unless the code causes exactly one such event.</summary>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Fails unless the code causes exactly that many such events.</summary>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);

    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);

    Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Keeps such events out of the output while the code runs.</summary>
    void Mute(Action action, CancellationToken cancellationToken = default);

    Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Keeps such events out of the output until the result is disposed.</summary>
    IUnmutableFilter Mute();
}

/// <summary>A mute that can be taken back.</summary>
public interface IUnmutableFilter : IDisposable
{
    void Unmute();
}
