using Multus.Cni;

namespace Multus.Actors.Sandboxes;

/// <summary>The one mapping of what went wrong in a request to the CNI error that its caller gets.</summary>
internal static class SandboxErrors
{
    /// <summary>A foreseen failure keeps its code; anything else is our bug and says so.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="requestId">Under which the log has it; null for a STATUS, whose text is the same as long as what it
    /// says is: it becomes a condition of the Node.</param>
    public static CniError From(Exception failure, string? requestId) =>
        failure switch
        {
            CniException cni => With(cni.Error, requestId),
            OperationCanceledException => new CniError(
                CniErrorCode.TryAgainLater,
                "the request was given up: the daemon is stopping",
                Named(requestId)
            ),
            IOException or UnauthorizedAccessException => new CniError(
                CniErrorCode.Io,
                OneLine(failure.Message),
                Named(requestId)
            ),
            _ => new CniError(
                CniErrorCode.Internal,
                OneLine($"unexpected {failure.GetType().Name}: {failure.Message}"),
                Named(requestId)
            ),
        };

    /// <summary>
    /// Says which network and interface the plugin's own error is about; the code stays the plugin's. See
    /// <see cref="ErrorLine"/> for what becomes of it.
    /// </summary>
    public static CniException About(string network, string ifName, string verb, CniException failure) =>
        new(
            failure.Error with
            {
                Message =
                    $"{verb} of network {ErrorLine.Cut(network, ErrorLine.MaxName)}, interface {ifName}: "
                    + $"{failure.Error.Message}",
            },
            failure
        );

    // Plugins that fail without an error object have code 0, which is no error code; what they mean is "internal".
    private static CniError With(CniError error, string? requestId) =>
        error with
        {
            Code = error.Code == 0 ? CniErrorCode.Internal : error.Code,
            Message = OneLine(error.Message),
            Details = string.IsNullOrEmpty(error.Details)
                ? Named(requestId)
                : OneLine(error.Details) + (requestId is null ? "" : $" ({Named(requestId)})"),
        };

    private static string Named(string? requestId) => requestId is null ? "" : $"request {requestId}";

    private static string OneLine(string text) => text.ReplaceLineEndings("; ").Trim();
}
