namespace Multus.TestSupport;

/// <summary>Waits for something that only the world outside this process can make true: a file, a link, a process that is gone.</summary>
public static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <exception cref="TimeoutException">It did not become true within <see cref="ProcessTool.Patience"/>.</exception>
    public static async Task Holds(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > ProcessTool.Patience)
                throw new TimeoutException($"not within {ProcessTool.Patience.TotalSeconds} s: {what}");

            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }
}
