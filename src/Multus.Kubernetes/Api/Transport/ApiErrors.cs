using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>What an API server's refusals mean to the caller, and how they read.</summary>
internal static class ApiErrors
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxShownCharacters = 512;

    /// <summary>
    /// An API server asks for a second or ten. A maintenance page may ask for an hour, and the server be back in a
    /// minute.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Reads the refusal's metav1.Status, as far as it is one.</summary>
    public static async Task<KubernetesException> ReadAsync(
        ApiRequest request,
        HttpResponseMessage response,
        string server,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var status = await StatusBody.ReadAsync(response, MaxBodyBytes, cancel);
        var header = response.Headers.RetryAfter;
        // A date is what gateways send.
        var fromHeader = header?.Delta ?? (header?.Date is { } date ? date - now : null);
        var retryAfter =
            fromHeader > TimeSpan.Zero ? fromHeader : status.RetryAfter ?? (fromHeader is null ? null : TimeSpan.Zero);
        return Of(request, (int)response.StatusCode, status.Message, retryAfter, server, status.Reason);
    }

    /// <param name="message">The server's own words.</param>
    /// <param name="reason">The server's one word, <c>null</c> when it gave none: then the server may be another
    /// one.</param>
    public static KubernetesException Of(
        ApiRequest request,
        int status,
        string? message,
        TimeSpan? retryAfter,
        string server,
        string? reason = null
    )
    {
        var said = string.IsNullOrWhiteSpace(message) ? "no reason given" : Shortened(message);
        var text = status switch
        {
            401 => $"cannot {request}: {server} does not accept our credentials (401): {said}",
            403 => $"may not {request}: RBAC needs verb {request.Verb} on {request.Resource}{Scope(request)} (403): "
                + $"{said}",
            429 => $"cannot {request}: {server} has too many requests (429): {said}",
            _ => $"cannot {request}: {server} answered {status.ToString(CultureInfo.InvariantCulture)}: {said}",
        };
        var isStranger = status == 404 && reason is null;
        return new KubernetesException(text, isStranger || IsTransient(status))
        {
            Status = status,
            RetryAfter = retryAfter > LongestWait ? LongestWait : retryAfter,
            IsNoSuchObject = status == 404 && reason == "NotFound",
        };
    }

    /// <param name="reason">Where more is known than the exception says.</param>
    public static KubernetesException Unreachable(ApiRequest request, string server, string? reason, Exception e) =>
        new($"cannot {request}: {server}: {reason ?? Reasons(e)}", isTransient: true, e);

    public static KubernetesException TimedOut(ApiRequest request, string server, TimeSpan timeout, Exception e) =>
        new($"cannot {request}: {server} has not answered within {timeout.TotalSeconds:0.#} s", isTransient: true, e);

    /// <summary>
    /// 401: credentials rotate. 409, 410: the next read sees another version. The rest of 4xx stays as it is until
    /// somebody changes it.
    /// </summary>
    private static bool IsTransient(int status) => status is 401 or 408 or 409 or 410 or 429 or >= 500;

    private static string Scope(ApiRequest request) =>
        request.Namespace is { } ns ? $" in namespace {ns}" : " in all namespaces";

    private static string Shortened(string text) =>
        text.Length <= MaxShownCharacters ? text : $"{text[..MaxShownCharacters]}…";

    /// <summary>The outer message of a failed handshake says nothing; the inner one says why.</summary>
    private static string Reasons(Exception e) =>
        e.InnerException is { } inner && !e.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{e.Message} ({Reasons(inner)})"
            : e.Message;
}
