using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Multus.TestCluster.Access;
using Multus.TestCluster.Connections;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestCluster.Watching;

namespace Multus.TestCluster.Requests;

/// <summary>
/// One request from arrival to answer: written down, met by a fault or not, who it is, what it may, what it does.
/// </summary>
internal sealed class RequestPipeline(ServerParts parts, TestApiServerSettings settings, TimeProvider time)
{
    private readonly ReadRequests _reads = new(parts.Objects);
    private readonly WriteRequests _writes = new(parts.Objects, parts.Signer, settings);
    private readonly Authenticator _authenticator = new(parts.Access, parts.Identity);

    public void ExpirePages() => _reads.ExpirePages();

    /// <param name="stopping">Ends the watches when the server stops.</param>
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        try
        {
            var request = await ApiRequest.ReadAsync(http);
            var record = Describe(request);
            parts.Journal.Add(record);
            await AnswerAsync(request, record, stopping);
        }
        catch (Exception e)
            when (e is OperationCanceledException or IOException
                && (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
            )
        {
            http.Abort(); // nobody is there to be told
        }
    }

    private async Task AnswerAsync(ApiRequest request, RequestRecord record, CancellationToken stopping)
    {
        var fault = parts.Faults.Meet(record);
        if (fault is FaultAction.Hold hold)
            await hold.Until.WaitAsync(request.Http.RequestAborted);
        if (fault is FaultAction.ResetConnection or FaultAction.ResetStream)
        {
            Break(request, fault);
            return;
        }

        var reply = Refusal(fault) ?? await CarryOutAsync(request, record, stopping);
        if (reply is null)
            return; // was a watch, which has said all it had to say
        record.Code = fault is FaultAction.LoseAnswer ? null : reply.Code;
        if (fault is FaultAction.LoseAnswer)
            Break(request, fault);
        else
            await SendAsync(request, reply, fault);
    }

    private static ApiReply? Refusal(FaultAction? fault) =>
        fault switch
        {
            FaultAction.Refuse refuse => ApiReply.Of(refuse.Status),
            FaultAction.TooManyRequests many => new ApiReply(
                429,
                "Too many requests, please try again later.\n"u8.ToArray(),
                "text/plain; charset=utf-8"
            )
            {
                RetryAfterSeconds = many.RetryAfterSeconds,
            },
            FaultAction.Answer answer => new ApiReply(
                answer.Code,
                System.Text.Encoding.UTF8.GetBytes(answer.Body),
                answer.ContentType
            ),
            _ => null,
        };

    private async Task<ApiReply?> CarryOutAsync(ApiRequest request, RequestRecord record, CancellationToken stopping)
    {
        try
        {
            var requester = _authenticator.WhoIs(request.Http);
            record.User = requester.Name;
            if (request.Target is not { } target)
                return Discovery.Answer(request.Http.Request.Path.Value ?? "", parts.Objects)
                    ?? ApiReply.PageNotFound();
            parts.Access.RequireAllowed(record.User, target, request.Verb);
            if (!parts.Objects.IsInstalled(target.Type))
                return ApiReply.PageNotFound();
            if (target is { Subresource: "exec", Type: var type } && type == ResourceType.Pods)
            {
                record.Code = 101;
                var handler =
                    parts.Exec
                    ?? throw new ApiException(ApiStatus.InternalError("error dialing backend: connection refused"));
                await ExecRequests.ServeAsync(request, target, parts.Objects, handler);
                return null;
            }

            if (request.Verb != "watch")
                return Do(request, target, requester);
            record.Code = 200;
            await parts.Watches.ServeAsync(request, target, stopping);
            return null;
        }
        catch (ApiException refused)
        {
            return ApiReply.Of(refused.Status);
        }
    }

    /// <exception cref="ApiException">Any refusal.</exception>
    private ApiReply Do(ApiRequest request, ApiTarget target, Requester requester)
    {
        var form = ObjectForm.Of(request.Http.Request.Headers.Accept.ToString());
        var isObject = target.Name.Length > 0;
        var isWhole = target.Subresource.Length == 0;
        var isApproval =
            target.Subresource == SigningRequestForm.ApprovalPart && target.Type == ResourceType.SigningRequests;
        if (!isWhole && target.Subresource != "status" && !isApproval)
            return ApiReply.PageNotFound();
        if (isApproval && request.Verb != "get")
            RequireMayApprove(target, requester);
        return request.Verb switch
        {
            "get" => new ApiReply(200, ReadRequests.Get(parts.Objects, target, form)),
            "list" => new ApiReply(200, _reads.List(request, target, form)),
            "create" when !isObject => new ApiReply(201, form.Render(_writes.Create(request, target, requester))),
            "update" when isObject => new ApiReply(200, form.Render(_writes.Update(request, target))),
            "patch" when isObject => new ApiReply(200, form.Render(_writes.Patch(request, target))),
            "delete" when isObject && isWhole => Deleted(form, _writes.Delete(request, target)),
            _ => throw new ApiException(ApiStatus.MethodNotAllowed()),
        };
    }

    private void RequireMayApprove(ApiTarget target, Requester requester) =>
        parts.Access.RequireMayApprove(
            requester.Name,
            target,
            parts.Objects.Get(target.Type, "", target.Name).Text("spec", "signerName") ?? ""
        );

    /// <summary>Of the kinds here only a pod is shown once more to who deletes it.</summary>
    private static ApiReply Deleted(ObjectForm form, StoredObject item) =>
        new(200, item.Type == ResourceType.Pods ? form.Render(item) : ApiStatus.Deleted(item).ToUtf8());

    private async Task SendAsync(ApiRequest request, ApiReply reply, FaultAction? fault)
    {
        var onlyHalf = fault is FaultAction.HalfBody or FaultAction.HangingBody;
        var response = request.Http.Response;
        response.StatusCode = reply.Code;
        response.ContentType = reply.ContentType;
        if (reply.RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = CompressIfWanted(request, reply.Body);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(onlyHalf ? body[..(body.Length / 2)] : body, request.Http.RequestAborted);
        if (!onlyHalf)
            return;
        await response.Body.FlushAsync(request.Http.RequestAborted);
        if (fault is FaultAction.HangingBody)
            await Task.Delay(Timeout.InfiniteTimeSpan, time, request.Http.RequestAborted);
        Break(request, new FaultAction.ResetConnection());
    }

    private ReadOnlyMemory<byte> CompressIfWanted(ApiRequest request, ReadOnlyMemory<byte> body)
    {
        if (
            body.Length < settings.CompressFrom
            || !request.Http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal)
        )
            return body;
        request.Http.Response.Headers.ContentEncoding = "gzip";
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
            gzip.Write(body.Span);
        return buffer.ToArray();
    }

    private void Break(ApiRequest request, FaultAction fault)
    {
        if (fault is FaultAction.ResetStream)
            request.Http.Abort();
        else
            parts.Connections.Reset(request.Http.Connection.Id);
    }

    private RequestRecord Describe(ApiRequest request) =>
        new()
        {
            Verb = request.Verb,
            Path = request.Http.Request.Path.Value ?? "",
            Query = request.Http.Request.QueryString.Value ?? "",
            Resource = request.Target?.Type,
            Namespace = request.Target?.Namespace ?? "",
            Name = request.Target?.Name ?? "",
            Subresource = request.Target?.Subresource ?? "",
            UserAgent = request.Http.Request.Headers.UserAgent.ToString(),
            Accept = request.Http.Request.Headers.Accept.ToString(),
            ContentType = request.Http.Request.ContentType ?? "",
            Protocol = request.Http.Request.Protocol,
            ConnectionId = request.Http.Connection.Id,
            Body = System.Text.Encoding.UTF8.GetString(request.Body),
            At = time.GetUtcNow(),
        };
}
