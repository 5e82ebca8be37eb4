using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Host.Limits;
using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>
/// Reads the bodies of requests, so many bytes at once, into buffers that are used again. What a burst has left is
/// given back when it is over.
/// </summary>
/// <param name="settings">How long each may be, how long it may take, and how many bytes all of them may have.</param>
internal sealed class RequestBodies : IDisposable
{
    /// <summary>
    /// Nearly all bodies are smaller by far; a share of the room is theirs alone, so that large ones never keep them
    /// waiting.
    /// </summary>
    public const int SmallBytes = 64 * 1024;

    private const int KeptOfEachSize = 4;

    private readonly ServerSettings _settings;
    private readonly TimeProvider _time;
    private readonly BodyBudget _small;
    private readonly BodyBudget _large;
    private readonly BodyBudget _lists;
    private readonly IdleMemory _memory;
    private ArrayPool<byte> _buffers;

    public RequestBodies(ServerSettings settings, TimeProvider time, ILogger log)
    {
        _settings = settings;
        _time = time;
        var ofSmall = Math.Max(SmallBytes, settings.MaxBodies / 4);
        _small = new BodyBudget(ofSmall, time);
        _large = new BodyBudget(Math.Max(settings.MaxRequestBody, settings.MaxBodies - ofSmall), time);
        _lists = new BodyBudget(settings.MaxGcBody, time);
        _memory = new IdleMemory(() => _buffers = NewBuffers(), time, log);
        _buffers = NewBuffers();
    }

    /// <summary>The body, when all of it is here. There is room for it until it is disposed of.</summary>
    /// <exception cref="BadHttpRequestException">408: it did not come in time; 413: it is too long; 503: there was no
    /// room in time.</exception>
    public async Task<RequestBody> ReadAsync(HttpContext context)
    {
        var place = context.Features.Get<ConnectionPlaces.Place>();
        var length = LengthOf(context);
        var budget =
            length > _settings.MaxRequestBody ? _lists
            : length > SmallBytes ? _large
            : _small;
        place?.ClientWaits();
        if (!await budget.TakeAsync(length, _settings.ReadTimeout, context.RequestAborted))
            throw NoRoom(budget, length);

        var body = new RequestBody(_buffers, length, () => Free(budget, length));
        try
        {
            place?.DaemonWaits();
            await ReadInTimeAsync(context, body);
            place?.ClientWaits();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What the body says; of one that is longer than other requests than GC may be, only if it is a GC. The bytes are
    /// not needed any more then.
    /// </summary>
    /// <exception cref="BadHttpRequestException">413: it is none.</exception>
    /// <exception cref="CniException">Code 6: it cannot be read.</exception>
    public CniRequestBody Parse(RequestBody body)
    {
        var length = body.Content.Length;
        var isLong = length > _settings.MaxRequestBody;
        CniRequestBody parsed;
        try
        {
            parsed = RequestMapping.Parse(body.Content);
        }
        catch (CniException) when (isLong)
        {
            throw TooLong(length); // whatever it is, it is no GC
        }

        body.ReturnBuffer();
        return isLong && !RequestMapping.IsOf(CniCommand.Gc, parsed) ? throw TooLong(length) : parsed;
    }

    private BadHttpRequestException TooLong(int length) =>
        new(
            $"the request's body has {length} bytes; only a GC may have more than "
                + $"{_settings.MaxRequestBody} (multus.server.max-request-body)",
            StatusCodes.Status413PayloadTooLarge
        );

    public void Dispose() => _memory.Dispose();

    private void Free(BodyBudget budget, int length)
    {
        budget.Give(length);
        if (length > SmallBytes)
            _memory.Used(length);
    }

    private int LengthOf(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return 0;

        // In chunks, of which nobody says how many will come.
        var length = context.Request.ContentLength ?? _settings.MaxRequestBody;
        return length <= _settings.MaxGcBody
            ? (int)length
            : throw new BadHttpRequestException(
                $"the request's body has {length} bytes, more than even the list of a GC may have "
                    + $"(multus.server.max-gc-body = {_settings.MaxGcBody})",
                StatusCodes.Status413PayloadTooLarge
            );
    }

    private async Task ReadInTimeAsync(HttpContext context, RequestBody body)
    {
        using var late = new CancellationTokenSource(_settings.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        try
        {
            await ReadAsync(context.Request.BodyReader, body, either.Token);
        }
        catch (OperationCanceledException e)
            when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException(
                $"the request's body did not arrive within {_settings.ReadTimeout.TotalSeconds} s "
                    + "(multus.server.read-timeout)",
                StatusCodes.Status408RequestTimeout,
                e
            );
        }
    }

    private static async Task ReadAsync(PipeReader reader, RequestBody body, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            body.Append(read.Buffer);
            // At once: what has come is here, and the connection holds no more than it reads ahead.
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private BadHttpRequestException NoRoom(BodyBudget budget, int length) =>
        new(
            $"the daemon has the bodies of other requests in hand, {budget.Bytes} bytes at most, and had no room "
                + $"for another {length} within {_settings.ReadTimeout.TotalSeconds} s "
                + "(multus.server.max-bodies); try again",
            StatusCodes.Status503ServiceUnavailable
        );

    private static ArrayPool<byte> NewBuffers() => ArrayPool<byte>.Create(SmallBytes * 16, KeptOfEachSize);
}
