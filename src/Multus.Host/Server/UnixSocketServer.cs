using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Multus.Host.Server;

/// <summary>
/// Kestrel without a web application around it: four paths need no routing, no middleware and no trace of each request, which together
/// are a megabyte of every node's memory. It starts and stops with the host.
/// </summary>
internal sealed class UnixSocketServer(KestrelServerOptions options, ConnectionPlaces places, RequestDelegate handler, TimeProvider time, ILoggerFactory logs)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    // For the last bytes of the last answer.
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _server = new(
        Options.Create(options),
        new LastingTransport(new BoundedTransport(places, time, logs.CreateLogger("Multus.Host.Server")), time, logs.CreateLogger("Multus.Host.Server")),
        logs);

    private readonly RequestCount _underWay = new();

    public Task StartAsync(CancellationToken cancel) => _server.StartAsync(this, cancel);

    /// <summary>
    /// Takes no more connections and waits for the requests that are under way, until <paramref name="cancel"/> says to cut them off. Kestrel's limit for
    /// headers does not count any more once it stops: a client that has begun to send and never ends is cut off here.
    /// </summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var stopped = _server.StopAsync(cut.Token);
        await Task.WhenAny(stopped, Task.Delay(options.Limits.RequestHeadersTimeout, time, cancel)).ConfigureAwait(false);
        await Task.WhenAny(stopped, _underWay.WhenNone()).ConfigureAwait(false);
        await Task.WhenAny(stopped, Task.Delay(LastBytes, time, cancel)).ConfigureAwait(false);
        await cut.CancelAsync().ConfigureAwait(false);
        await stopped.ConfigureAwait(false);
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        _underWay.Begin();
        return new DefaultHttpContext(contextFeatures);
    }

    public Task ProcessRequestAsync(HttpContext context) => handler(context);

    /// <summary>Kestrel has the whole answer now, and logs the exception.</summary>
    public void DisposeContext(HttpContext context, Exception? exception) => _underWay.End();

    public void Dispose() => _server.Dispose();
}
