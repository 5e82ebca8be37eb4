using System.Text.Json;
using Multus.Cni;
using Multus.Wire;

namespace Multus.Host.Page;

/// <summary>The page at <c>/ui</c>: its files, and what it asks for.</summary>
/// <param name="access">Who may see it.</param>
/// <param name="feed">What changes.</param>
/// <param name="answers">What is asked for now and then.</param>
/// <param name="nodeName">Empty: nobody knows.</param>
/// <param name="log">Says what went wrong.</param>
/// <param name="stopping">The daemon ends: nobody is told anything any more.</param>
internal sealed class LivePage(
    PageAccess access,
    LiveFeed feed,
    PageAnswers answers,
    string nodeName,
    ILogger log,
    CancellationToken stopping
)
{
    // No script, style or connection but the page's own; in nobody's frame; nothing of it in another site's page.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>What is answered to GET, by path.</summary>
    public IEnumerable<KeyValuePair<string, RequestDelegate>> Paths()
    {
        foreach (var asset in PageAsset.All)
            yield return new(asset.Path, context => FileAsync(context, asset));
        yield return new("/ui/", RedirectAsync);
        yield return new("/ui/about", AboutAsync);
        yield return new("/ui/stream", context => DataAsync(context, StreamAsync));
        yield return new("/ui/explain", context => DataAsync(context, answers.ExplainAsync));
        yield return new("/ui/networks", context => DataAsync(context, answers.NetworksAsync));
    }

    private Task FileAsync(HttpContext context, PageAsset asset)
    {
        Protect(context.Response);
        return access.WhyNotByName(context.Request) is { } reason
            ? RefuseAsync(context, StatusCodes.Status403Forbidden, reason)
            : asset.AnswerAsync(context);
    }

    // Behind the API server's proxy the path has more before it: relative to what was asked for.
    private static Task RedirectAsync(HttpContext context)
    {
        Protect(context.Response);
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = "../ui";
        return Task.CompletedTask;
    }

    // Before a token is known: the page has to know whether to ask for one.
    private async Task AboutAsync(HttpContext context)
    {
        Protect(context.Response);
        if (access.WhyNotByName(context.Request) is { } reason)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, reason);
            return;
        }

        var isAllowed = access.WhyNot(context.Request) is null;
        await AnswerAsync(
            context,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteBoolean("needsToken", access.NeedsToken);
                json.WriteString("node", isAllowed ? nodeName : "");
                json.WriteString("version", isAllowed ? ProductVersion.WithoutCommit : "");
            }
        );
    }

    private async Task DataAsync(HttpContext context, RequestDelegate answer)
    {
        Protect(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        if (access.WhyNot(context.Request) is { } not)
        {
            if (not.Status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, not.Status, not.Reason);
            return;
        }

        try
        {
            await answer(context);
        }
        catch (OperationCanceledException)
            when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // whoever watched has closed the page, or there is nothing to watch any more
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
        {
            HostLog.Refused(log, context.Request.Method, context.Request.Path, e.Message);
            if (!context.Response.HasStarted)
                await RefuseAsync(context, StatusCodes.Status500InternalServerError, e.Message);
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // proxies on the way pass each event on
        await context.Response.StartAsync(context.RequestAborted);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await feed.FollowAsync(
            async (events, cancel) =>
            {
                await context.Response.Body.WriteAsync(events, cancel);
                await context.Response.Body.FlushAsync(cancel);
            },
            over.Token
        );
    }

    private static void Protect(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason) =>
        AnswerAsync(context, status, json => json.WriteString("error", reason));

    /// <param name="write">Writes the members.</param>
    private static Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return PageAnswers.WriteAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }
        );
    }
}
