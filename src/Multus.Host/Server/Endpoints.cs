using Multus.Actors.Node;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Host.Metrics;
using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>
/// The HTTP side: paths and methods to messages, replies to bodies (wire-and-daemon.md §3). Decides nothing.
/// </summary>
/// <param name="node">Who is asked.</param>
/// <param name="actorsEnded">The end of all who could answer.</param>
/// <param name="mapping">Bodies to messages.</param>
/// <param name="view">What else there is to say of the node.</param>
/// <param name="bodies">Reads them.</param>
/// <param name="activity">Where is noted what was refused.</param>
/// <param name="figures">What the daemon says of itself, for /healthz.</param>
/// <param name="metrics">The same for Prometheus.</param>
/// <param name="requests">Counts what comes here.</param>
/// <param name="log">Says what was refused.</param>
internal sealed class Endpoints(
    IRequiredActor<NodeRegistration.NodeKey> node,
    Func<Task> actorsEnded,
    RequestMapping mapping,
    NodeView view,
    RequestBodies bodies,
    NodeActivity activity,
    FiguresReader figures,
    MetricsPage metrics,
    RequestMetrics requests,
    ILogger log
)
{
    private const string Json = "application/json";

    private static readonly string Product = WirePaths.DaemonProduct + ProductVersion.WithoutCommit;

    private string _statusTrouble = "";

    public async Task HandleAsync(HttpContext context)
    {
        view.Neighbours.Saw(context.Request.Headers.UserAgent.ToString());
        context.Response.Headers.Server = Product;
        context.Response.Headers.Connection = "close"; // as upstream: every client opens a connection for each request
        var counted = requests.Begin();
        try
        {
            await AnswerAsync(context, counted);
        }
        finally
        {
            counted.End(context);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestMetrics.Request counted)
    {
        try
        {
            await RouteAsync(context, counted);
        }
        catch (CniException e)
        {
            counted.Failed(e.Error);
            await RefuseAsync(context, e.Error);
        }
        catch (WrongRequestException e)
        {
            counted.Failed(e.Error);
            await RefuseAsync(context, e.Error, WireStatus.WrongRequest);
        }
        catch (BadHttpRequestException e)
        {
            HostLog.Refused(log, context.Request.Method, context.Request.Path, e.Message);
            var code = e.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status503ServiceUnavailable
                ? CniErrorCode.TryAgainLater
                : CniErrorCode.Internal;
            var error = new CniError(code, e.Message);
            counted.Failed(error);
            await WriteAsync(context, e.StatusCode, error.ToJson());
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            HostLog.Refused(log, context.Request.Method, context.Request.Path, "the client went away");
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            HostLog.RequestCrashed(log, context.Request.Method, context.Request.Path, e);
            var error = new CniError(CniErrorCode.Internal, $"the daemon failed to handle the request: {e.Message}");
            counted.Failed(error);
            await RefuseAsync(context, error);
        }
    }

    private Task RouteAsync(HttpContext context, RequestMetrics.Request counted) =>
        (context.Request.Path.Value, context.Request.Method) switch
        {
            (WirePaths.Cni, "POST") => CniAsync(context, mapping.Map, counted),
            (WirePaths.Delegate, "POST") => CniAsync(context, new InterfaceRequestMapping(mapping).Map, counted),
            (WirePaths.Health, "GET" or "POST") => HealthAsync(context, requireReady: false),
            (WirePaths.Ready, "GET" or "POST") => HealthAsync(context, requireReady: true),
            (WirePaths.Handover, "POST") => HandOverAsync(context),
            (MetricsPage.Path, "GET") => metrics.AnswerAsync(context),
            (WirePaths.Cni or WirePaths.Delegate or WirePaths.Health or WirePaths.Ready or WirePaths.Handover, _)
            or (MetricsPage.Path, _) => MethodNotAllowedAsync(context),
            _ => NotFoundAsync(context),
        };

    private async Task CniAsync(
        HttpContext context,
        Func<CniRequestBody, CancellationToken, CniRequest> map,
        RequestMetrics.Request counted
    )
    {
        using var read = await bodies.ReadAsync(context); // to the end: what is made of it takes as much room
        var body = bodies.Parse(read);
        counted.Asks(body);
        CniRequest request;
        try
        {
            request = map(body, context.RequestAborted);
        }
        catch (CniException e) when (RequestMapping.IsOf(CniCommand.Status, body))
        {
            counted.Failed(e.Error);
            await RefuseStatusAsync(context, e.Error);
            return;
        }

        if (request is CniRequest.CollectGarbage && view.IsPredecessorAtWork())
        {
            counted.Failed(PredecessorAtWork);
            await RefuseAsync(context, PredecessorAtWork);
            return;
        }

        var actor = await node.GetAsync(context.RequestAborted);
        var reply = await AskAsync(actor, request);
        if (reply is CniReply.Refused { HadTurn: false } before && request is CniRequest.OfSandbox ofSandbox)
            activity.History.NoteRefusal(ofSandbox, before.Error);
        if (reply is CniReply.Refused { Error: var error })
            counted.Failed(error);
        switch (reply)
        {
            case CniReply.Attached attached:
                await WriteAsync(context, StatusCodes.Status200OK, CniReplyBody.Added(attached.Result));
                break;
            case CniReply.Refused refused when request is CniRequest.GetStatus:
                await RefuseStatusAsync(context, refused.Error);
                break;
            case CniReply.Refused refused when request is CniRequest.OfSandbox or CniRequest.CollectGarbage:
                await WriteErrorAsync(context, ErrorLine.Fit(refused.Error, request.Id)); // logged under that ID
                break;
            case CniReply.Refused refused:
                await RefuseAsync(context, refused.Error);
                break;
            default:
                if (request is CniRequest.GetStatus)
                    SayStatus("");
                context.Response.ContentLength = 0;
                break;
        }
    }

    // What that one attaches now is not on the runtime's list yet.
    private static CniError PredecessorAtWork { get; } =
        new(
            CniErrorCode.TryAgainLater,
            "the daemon before this one still attaches pods of this node: nothing is collected until it has ended"
        );

    // The answer begins at once, and ends when nothing is under way here any more.
    private async Task HandOverAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = Json;
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await view.WhenHandedOver(context.RequestAborted);
        await context.Response.WriteAsync("{\"idle\":true}", context.RequestAborted);
    }

    // The kubelet asks every few seconds and puts the answer into a condition of the Node: the same trouble has the
    // same words, and is said once in the log.
    private Task RefuseStatusAsync(HttpContext context, CniError error)
    {
        var fitted = ErrorLine.Fit(error);
        SayStatus($"code {fitted.Code}: {fitted.Text}");
        return WriteErrorAsync(context, fitted);
    }

    /// <param name="trouble">Empty: there is none.</param>
    private void SayStatus(string trouble)
    {
        if (Interlocked.Exchange(ref _statusTrouble, trouble) == trouble)
            return;
        if (trouble.Length == 0)
            HostLog.StatusFine(log);
        else
            HostLog.StatusTrouble(log, trouble);
    }

    // No time limit here: every operation has its own and always answers, as long as there are actors; the client's
    // going away is part of the command.
    private async Task<CniReply> AskAsync(IActorRef actor, CniRequest request)
    {
        var reply = actor.Ask<CniReply>(request, Timeout.InfiniteTimeSpan);
        await Task.WhenAny(reply, actorsEnded());
        return reply.IsCompleted
            ? await reply
            : new CniReply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    "the daemon was told to stop before it was done with this request"
                )
            );
    }

    private async Task HealthAsync(HttpContext context, bool requireReady)
    {
        var found = await figures.ReadAsync(context.RequestAborted);
        if (requireReady)
            view.Readiness?.Note(WhyNotReady(found));
        var fine = requireReady ? found.IsReady : found.IsAlive;
        await WriteAsync(
            context,
            fine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            HealthBody.Write(found, view)
        );
    }

    private static List<string> WhyNotReady(NodeFigures found) =>
        [
            .. (found.Health?.WaitingFor ?? []).Select(part => $"it waits for {part}"),
            .. (found.Health?.Silent ?? ["node"]).Select(part => $"its part {part} does not answer"),
            .. found.Faults,
        ];

    private Task RefuseAsync(HttpContext context, CniError error, int status = StatusCodes.Status400BadRequest)
    {
        var id = RequestId.Next();
        HostLog.NotDone(log, id, error.Code, error.Text);
        return WriteErrorAsync(context, ErrorLine.Fit(error, id), status);
    }

    private static Task WriteErrorAsync(
        HttpContext context,
        CniError error,
        int status = StatusCodes.Status400BadRequest
    ) => WriteAsync(context, status, error.ToJson());

    private static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private Task MethodNotAllowedAsync(HttpContext context)
    {
        HostLog.Refused(log, context.Request.Method, context.Request.Path, "method not allowed");
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync("Method not allowed\n", context.RequestAborted);
    }

    private Task NotFoundAsync(HttpContext context)
    {
        HostLog.Refused(log, context.Request.Method, context.Request.Path, "no such path");
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
