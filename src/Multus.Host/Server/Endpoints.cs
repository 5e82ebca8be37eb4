using System.Collections.Immutable;
using Multus.Actors.Health;
using Multus.Actors.Node;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Host.Logging;
using Multus.Host.Requests;
using Multus.Kubernetes;
using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>
/// The HTTP side: paths and methods to messages, replies to bodies (wire-and-daemon.md §3). Decides nothing.
/// </summary>
/// <param name="node">Who is asked.</param>
/// <param name="actorsEnded">The end of all who could answer.</param>
/// <param name="mapping">Bodies to messages.</param>
/// <param name="cluster">Says which of its parts cannot be used.</param>
/// <param name="nodeFaults">Says what of the node is not as it has to be.</param>
/// <param name="bodies">Reads them.</param>
/// <param name="losses">Lines that the log has lost, for /healthz.</param>
/// <param name="log">Says what was refused.</param>
internal sealed class Endpoints(
    IRequiredActor<NodeRegistration.NodeKey> node,
    Func<Task> actorsEnded,
    CniRequestMapping mapping,
    IClusterApi cluster,
    Func<IReadOnlyList<string>> nodeFaults,
    RequestBodies bodies,
    Func<ImmutableArray<LogLoss>> losses,
    ILogger log
)
{
    private const string Json = "application/json";

    private string _statusTrouble = "";

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close"; // as upstream: every client opens a connection for each request
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (CniException e)
        {
            await RefuseAsync(context, e.Error).ConfigureAwait(false);
        }
        catch (WrongRequestException e)
        {
            await RefuseAsync(context, e.Error, WireStatus.WrongRequest).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            HostLog.Refused(log, context.Request.Method, context.Request.Path, e.Message);
            var code = e.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status503ServiceUnavailable
                ? CniErrorCode.TryAgainLater
                : CniErrorCode.Internal;
            await WriteAsync(context, e.StatusCode, new CniError(code, e.Message).ToJson()).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            HostLog.Refused(log, context.Request.Method, context.Request.Path, "the client went away");
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            HostLog.RequestCrashed(log, context.Request.Method, context.Request.Path, e);
            await RefuseAsync(
                    context,
                    new CniError(CniErrorCode.Internal, $"the daemon failed to handle the request: {e.Message}")
                )
                .ConfigureAwait(false);
        }
    }

    private Task RouteAsync(HttpContext context) =>
        (context.Request.Path.Value, context.Request.Method) switch
        {
            (WirePaths.Cni, "POST") => CniAsync(context, mapping.Map),
            (WirePaths.Delegate, "POST") => CniAsync(context, mapping.MapDelegate),
            (WirePaths.Health, "GET" or "POST") => HealthAsync(context, requireReady: false),
            (WirePaths.Ready, "GET" or "POST") => HealthAsync(context, requireReady: true),
            (WirePaths.Cni or WirePaths.Delegate or WirePaths.Health or WirePaths.Ready, _) => MethodNotAllowedAsync(
                context
            ),
            _ => NotFoundAsync(context),
        };

    private async Task CniAsync(HttpContext context, Func<ReadOnlyMemory<byte>, CancellationToken, object> map)
    {
        using var body = await bodies.ReadAsync(context).ConfigureAwait(false);
        object command;
        try
        {
            command = map(bodies.Checked(body), context.RequestAborted);
            body.ReturnBuffer();
        }
        catch (CniException e) when (CniRequestMapping.IsOf(CniCommand.Status, body.Content))
        {
            await RefuseStatusAsync(context, e.Error).ConfigureAwait(false);
            return;
        }

        var actor = await node.GetAsync(context.RequestAborted).ConfigureAwait(false);

        switch (command as SandboxProtocol.Reply ?? await AskAsync(actor, command).ConfigureAwait(false))
        {
            case SandboxProtocol.Reply.Attached attached:
                await WriteAsync(context, StatusCodes.Status200OK, CniReplyBody.Added(attached.Result))
                    .ConfigureAwait(false);
                break;
            case SandboxProtocol.Reply.Refused refused when command is SandboxProtocol.GetStatus:
                await RefuseStatusAsync(context, refused.Error).ConfigureAwait(false);
                break;
            case SandboxProtocol.Reply.Refused refused when IdOf(command) is { } id:
                await WriteErrorAsync(context, ErrorLine.Fit(refused.Error, id)).ConfigureAwait(false);
                break;
            case SandboxProtocol.Reply.Refused refused:
                await RefuseAsync(context, refused.Error).ConfigureAwait(false);
                break;
            default:
                if (command is SandboxProtocol.GetStatus)
                    SayStatus("");
                context.Response.ContentLength = 0;
                break;
        }
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
    private async Task<SandboxProtocol.Reply> AskAsync(IActorRef actor, object command)
    {
        var reply = actor.Ask<SandboxProtocol.Reply>(command, Timeout.InfiniteTimeSpan);
        await Task.WhenAny(reply, actorsEnded()).ConfigureAwait(false);
        return reply.IsCompleted
            ? await reply.ConfigureAwait(false)
            : new SandboxProtocol.Reply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    "the daemon was told to stop before it was done with this request"
                )
            );
    }

    private async Task HealthAsync(HttpContext context, bool requireReady)
    {
        var actor = await node.GetAsync(context.RequestAborted).ConfigureAwait(false);
        var reply = await actor
            .Ask<HealthProtocol.Reply>(new HealthProtocol.GetHealth(), TimeSpan.FromSeconds(5), context.RequestAborted)
            .ConfigureAwait(false);
        if (reply is not HealthProtocol.Reply.Health health)
            throw new InvalidOperationException($"unknown reply {reply}");

        IReadOnlyList<string> faults =
        [
            .. nodeFaults(),
            .. await cluster.FindFaultsAsync(context.RequestAborted).ConfigureAwait(false),
        ];
        var fine = health.Silent.IsEmpty && ((health.Ready && faults.Count == 0) || !requireReady);
        await WriteAsync(
                context,
                fine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
                HealthBody.Write(health, faults, losses())
            )
            .ConfigureAwait(false);
    }

    /// <summary>
    /// The ID of a command whose failure the actors have logged under it; null for another, whose failure is logged
    /// here.
    /// </summary>
    private static string? IdOf(object command) =>
        command switch
        {
            SandboxProtocol.ICommand ofSandbox => ofSandbox.Request.Id,
            SandboxProtocol.CollectGarbage collect => collect.Id,
            _ => null,
        };

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
        await context.Response.Body.WriteAsync(body).ConfigureAwait(false);
    }

    private Task MethodNotAllowedAsync(HttpContext context)
    {
        HostLog.Refused(log, context.Request.Method, context.Request.Path, "method not allowed");
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync("Method not allowed\n");
    }

    private Task NotFoundAsync(HttpContext context)
    {
        HostLog.Refused(log, context.Request.Method, context.Request.Path, "no such path");
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
