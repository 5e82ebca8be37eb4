using Multus.Cni;

namespace Multus.Engine.Requests;

/// <summary>
/// Where what went wrong in an operation becomes the answer to its caller: time limits, callers that have gone, and
/// foreseen failures. A bug goes on as an exception.
/// </summary>
internal static class RequestBoundary
{
    /// <param name="what">The verb and what it is about: "ADD of sandbox abc".</param>
    /// <param name="id">The request's ID.</param>
    /// <param name="timeLimit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="run">The operation; its token is cancelled by all three.</param>
    /// <param name="abandoned">The caller has gone.</param>
    /// <param name="stopping">The process ends: the cancellation goes on as such.</param>
    public static async Task<CniReply> RunAsync(
        string what,
        string id,
        TimeSpan timeLimit,
        TimeProvider time,
        Func<CancellationToken, Task<CniReply>> run,
        CancellationToken abandoned,
        CancellationToken stopping
    )
    {
        using var limit = new CancellationTokenSource(timeLimit, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, abandoned, stopping);
        try
        {
            return await run(cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var why = limit.IsCancellationRequested
                ? $"did not finish within {timeLimit.TotalSeconds:0.###} s"
                : "was given up: its caller went away";
            return new CniReply.Refused(
                new CniError(CniErrorCode.TryAgainLater, $"{what} {why}", RequestErrors.Named(id))
            );
        }
        catch (Exception e) when (RequestErrors.IsForeseen(e))
        {
            return new CniReply.Refused(RequestErrors.From(e, id));
        }
    }
}
