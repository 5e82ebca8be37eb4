using Xunit.Sdk;

namespace Multus.ActorKernel.TestKit;

public abstract partial class TestKitBase
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(20);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private TimeSpan? _end; // of the innermost Within, on the clock of Elapsed

    /// <summary>What is left of the innermost <c>Within</c>.</summary>
    /// <exception cref="InvalidOperationException">Called outside of one.</exception>
    public TimeSpan Remaining => _end is { } end
        ? NotBelowZero(end - Elapsed)
        : throw new InvalidOperationException("Remaining may not be called outside of Within");

    /// <summary>What is left of the innermost <c>Within</c>, or else <c>akka.test.single-expect-default</c>.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>A duration times <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;

    /// <summary>A given duration, dilated; without one what <see cref="RemainingOrDefault"/> says. Never more than is left of the innermost <c>Within</c>.</summary>
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } wanted ? Min(Dilated(wanted), RemainingOr(Dilated(wanted))) : RemainingOrDefault;

    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null) => Within(TimeSpan.Zero, max, action, null, epsilonValue);

    /// <summary>Runs code that must take between two times; expectations in it wait no longer than what is left.</summary>
    public void Within(TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null) => Within(
        min,
        max,
        () =>
        {
            action();
            return true;
        },
        hint,
        epsilonValue);

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null) => Within(TimeSpan.Zero, max, function, null, epsilonValue);

    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null)
    {
        var span = Begin(min, max);
        try
        {
            var result = function();
            span.Check(this, hint, epsilonValue);
            return result;
        }
        finally
        {
            _end = span.OuterEnd;
        }
    }

    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue);

    public async Task WithinAsync(TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null)
    {
        var span = Begin(min, max);
        try
        {
            await actionAsync().ConfigureAwait(false);
            span.Check(this, hint, epsilonValue);
        }
        finally
        {
            _end = span.OuterEnd;
        }
    }

    /// <summary>Runs the assertion until it passes; fails with its last failure when the time is up.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => AwaitAssertAsync(assertion, duration, interval, cancellationToken), cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc cref="AwaitAssert"/>
    public Task AwaitAssertAsync(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        AwaitAssertAsync(
            () =>
            {
                assertion();
                return Task.CompletedTask;
            },
            duration,
            interval,
            cancellationToken);

    /// <inheritdoc cref="AwaitAssert"/>
    public async Task AwaitAssertAsync(
        Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var end = EndOf(RemainingOrDilated(duration));
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Elapsed < end)
            {
                await Pause(interval, cancellationToken);
            }
        }
    }

    /// <summary>Waits until the condition holds; fails when the time is up.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max: null, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, message: null!, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default) =>
        Task.Run(() => AwaitConditionAsync(conditionIsFulfilled, max, message, cancellationToken), cancellationToken).GetAwaiter().GetResult();

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max: null, message: null!, cancellationToken);

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, message, cancellationToken);

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max: null, message: null!, cancellationToken);

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, message: null!, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, CancellationToken)"/>
    public async Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default)
    {
        var patience = RemainingOrDilated(max);
        var end = EndOf(patience);
        while (!await conditionIsFulfilled())
        {
            if (Elapsed >= end)
                throw new XunitException($"Failed: Timeout {patience} expired while waiting for condition.{(message is null ? "" : " " + message)}");
            await Pause(interval: null, cancellationToken);
        }
    }

    private static Task Pause(TimeSpan? interval, CancellationToken token) => Task.Delay(interval ?? DefaultInterval, TimeProvider.System, token);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan NotBelowZero(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? NotBelowZero(end - Elapsed) : duration;

    private TimeSpan EndOf(TimeSpan patience) => Elapsed + patience;

    private WithinSpan Begin(TimeSpan min, TimeSpan max)
    {
        var dilated = Dilated(max);
        var span = new WithinSpan(Elapsed, min, dilated, _end);
        if (_end is { } outer && outer - Elapsed < min)
            throw new XunitException($"Failed: Required min time {min} not possible, only {outer - Elapsed} left");

        _end = _end is { } end ? Min(end, Elapsed + dilated) : Elapsed + dilated;
        return span;
    }

    private sealed record WithinSpan(TimeSpan Start, TimeSpan Min, TimeSpan Max, TimeSpan? OuterEnd)
    {
        public void Check(TestKitBase kit, string? hint, TimeSpan? epsilon)
        {
            var took = kit.Elapsed - Start;
            var slack = epsilon ?? TimeSpan.Zero;
            var suffix = hint is null ? "" : $" {hint}";
            if (took < Min - slack)
                throw new XunitException($"Failed: Block took {took}, should have at least been {Min}.{suffix}");
            if (took > Max + slack)
                throw new XunitException($"Failed: Block took {took}, exceeding {Max}.{suffix}");
        }
    }
}
