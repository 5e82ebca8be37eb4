using Microsoft.Extensions.Logging;
using Multus.Cni;

namespace Multus.Kubernetes;

/// <summary>Asking the cluster with a bound on the time, and what to log of a failure.</summary>
public static class ClusterQuestion
{
    /// <exception cref="KubernetesException">Among others: it was not answered within
    /// <paramref name="limit"/>.</exception>
    public static async Task<T> BoundedAsync<T>(
        TimeSpan limit,
        TimeProvider time,
        Func<CancellationToken, Task<T>> ask,
        CancellationToken stopping
    )
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new KubernetesException($"no answer within {limit.TotalSeconds:0.###} s", isTransient: true, e);
        }
    }

    /// <summary>The same of a question whose answer says nothing more than that it was done.</summary>
    /// <exception cref="KubernetesException">As above.</exception>
    public static Task BoundedAsync(
        TimeSpan limit,
        TimeProvider time,
        Func<CancellationToken, Task> ask,
        CancellationToken stopping
    )
    {
        return BoundedAsync(limit, time, AskAsync, stopping);

        async Task<bool> AskAsync(CancellationToken cancel)
        {
            await ask(cancel).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>
    /// What it means for a request that the cluster could not be asked: never that there is nothing. Only what can
    /// never be is the caller's fault; all else may be tried again.
    /// </summary>
    /// <param name="what">What was asked about.</param>
    /// <param name="source">The cluster, as messages call it.</param>
    /// <param name="crash">Why it was not answered.</param>
    public static CniError NotReadable(string what, string source, Exception crash)
    {
        ArgumentNullException.ThrowIfNull(crash);
        var code = crash is KubernetesException { IsFinal: true }
            ? CniErrorCode.InvalidEnvironment
            : CniErrorCode.TryAgainLater;
        return crash is KubernetesException { IsFault: true }
            ? new CniError(code, crash.Message, $"while {what} was looked for in {source}")
            : new CniError(code, $"could not read {what} from {source}: {crash.Message}");
    }

    /// <summary>
    /// The stack is for what nobody foresaw, and for who looks for faults; <c>null</c>: the message says all.
    /// </summary>
    public static Exception? StackOf(Exception crash, LogLevel level) =>
        level <= LogLevel.Debug
        || crash is not (KubernetesException or CniException or IOException or UnauthorizedAccessException)
            ? crash
            : null;
}
