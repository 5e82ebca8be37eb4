using Xunit.Sdk;

namespace Multus.ActorKernel.TestKit;

/// <summary>Puts a filter to work around a piece of code.</summary>
internal sealed class EventFilterApplier(TestKitBase kit, ActorSystem system, IReadOnlyList<Func<object, bool>> matches) : IEventFilterApplier
{
    private readonly TestEventListener _listener = TestEventListener.For(system);

    public EventFilterFactory And => new(kit, system, matches);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Run(1, null, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) => Run(1, timeout, action, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => RunAsync(1, null, actionAsync, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) => Run(expectedCount, null, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Run(expectedCount, timeout, action, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, null, actionAsync, cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, timeout, action, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        action();
    }

    public async Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        await action().ConfigureAwait(false);
    }

    public IUnmutableFilter Mute()
    {
        var filter = new ActiveFilter(matches);
        _listener.Add(filter);
        return new Unmutable(_listener, filter);
    }

    /// <summary>The code runs on the test's own thread, so that its implicit sender stays; only the wait is somewhere else.</summary>
    private void Run(int expected, TimeSpan? timeout, Action action, CancellationToken token)
    {
        var filter = new ActiveFilter(matches);
        _listener.Add(filter);
        try
        {
            action();
            Task.Run(() => Await(filter, expected, timeout, token), token).GetAwaiter().GetResult();
        }
        finally
        {
            _listener.Remove(filter);
        }
    }

    private async Task RunAsync(int expected, TimeSpan? timeout, Func<Task> action, CancellationToken token)
    {
        var filter = new ActiveFilter(matches);
        _listener.Add(filter);
        try
        {
            await action();
            await Await(filter, expected, timeout, token);
        }
        finally
        {
            _listener.Remove(filter);
        }
    }

    private async Task Await(ActiveFilter filter, int expected, TimeSpan? timeout, CancellationToken token)
    {
        var patience = kit.Dilated(timeout ?? kit.TestKitSettings.TestEventFilterLeeway);
        if (expected == 0)
        {
            if (timeout is not null && await filter.Reaches(1, patience, token).ConfigureAwait(false))
                throw new XunitException($"Expected no events, but received {filter.Count}");
        }
        else if (!await filter.Reaches(expected, patience, token).ConfigureAwait(false))
        {
            throw new XunitException($"Timeout ({patience}) while waiting for {expected} events. Received {filter.Count}");
        }

        if (filter.Count > expected)
            throw new XunitException($"Expected {expected} events, but received {filter.Count}");
    }

    private sealed class Unmutable(TestEventListener listener, ActiveFilter filter) : IUnmutableFilter
    {
        public void Unmute() => Dispose();

        public void Dispose() => listener.Remove(filter);
    }
}
