namespace Multus.Kubernetes;

/// <summary>Two loops of which neither ends but by cancellation or by a fault of our own.</summary>
internal static class TogetherUntilCancelled
{
    /// <summary>Runs both. When one fails, the other is stopped, and its failure is the caller's.</summary>
    /// <param name="one">Told when to stop.</param>
    /// <param name="other">As the first.</param>
    /// <param name="cancel">Ends both, which is no failure.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task> one,
        Func<CancellationToken, Task> other,
        CancellationToken cancel
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var (first, second) = (one(stop.Token), other(stop.Token));
        try
        {
            await (await Task.WhenAny(first, second).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // the caller has asked for the end
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(first, second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
