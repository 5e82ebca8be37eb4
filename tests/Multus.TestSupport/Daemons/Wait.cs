namespace Multus.TestSupport.Daemons;

/// <summary>Bounded waits for what the kernel, the disk or another process will show sooner or later.</summary>
public static class Wait
{
    /// <summary>
    /// How long a test waits for what it knows to come: far longer than that takes on a busy machine. Only a test that
    /// fails waits so long.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(15);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="state">What there is instead, for the message.</param>
    /// <exception cref="TimeoutException">It did not within <see cref="Patience"/>.</exception>
    public static Task Until(string what, Func<bool> condition, Func<string>? state = null) =>
        Until(what, () => Task.FromResult(condition()), state);

    public static async Task Until(string what, Func<Task<bool>> condition, Func<string>? state = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException(
                    $"not within {Patience.TotalSeconds} s: {what}{(state is null ? "" : $"; there is: {state()}")}"
                );
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    /// <summary>The task's outcome, or a <see cref="TimeoutException"/> that says what was waited for.</summary>
    public static async Task<T> For<T>(string what, Task<T> task, TimeSpan? patience = null)
    {
        try
        {
            return await task.WaitAsync(patience ?? Patience, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"not within {(patience ?? Patience).TotalSeconds} s: {what}", e);
        }
    }
}
