using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Multus.EndToEnd.Tests.Metrics;

/// <summary>A collector that takes OTLP over HTTP (protobuf), and keeps spans and the names of metrics.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    public const int Port = 4318;

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<OtlpSpan> Spans { get; } = [];

    public ConcurrentDictionary<string, bool> Metrics { get; } = [];

    /// <param name="bind">Makes the socket that it listens on.</param>
    public static async Task<OtlpReceiver> StartAsync(Func<EndPoint, Socket> bind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = bind);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        // Resource, scope, then the list: fields 1, 2, 2 of both kinds of request (opentelemetry-proto, v1).
        foreach (var item in ProtobufFields.All(body.ToArray(), 1, 2, 2))
        {
            if (context.Request.Path == "/v1/traces")
                Spans.Enqueue(OtlpSpan.Read(item));
            else
                Metrics[ProtobufFields.Text(item, 1)] = true;
        }
    }
}
