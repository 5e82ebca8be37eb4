using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Multus.Host.Server;

/// <summary>
/// Kestrel without a web application around it: four paths need no routing, no middleware and no trace of each request, which together
/// are a megabyte of every node's memory. It starts and stops with the host.
/// </summary>
internal sealed class UnixSocketServer(KestrelServerOptions options, RequestDelegate handler, ILoggerFactory logs)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private readonly KestrelServer _server = new(
        Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logs), logs);

    public Task StartAsync(CancellationToken cancel) => _server.StartAsync(this, cancel);

    /// <summary>Takes no more connections and waits for the requests that are under way, until <paramref name="cancel"/> says to cut them off.</summary>
    public Task StopAsync(CancellationToken cancel) => _server.StopAsync(cancel);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => handler(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing of a request outlives it, and Kestrel logs the exception.
    }

    public void Dispose() => _server.Dispose();
}
