using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Multus.Host.Server;

/// <summary>
/// Pages for people and for Prometheus over HTTP, beside the socket. Nothing of the daemon waits for it: while the port
/// is somebody else's, the daemon before this one's before all, it is tried again and again.
/// </summary>
/// <param name="at">Where it listens.</param>
/// <param name="pages">What is answered to GET, by path.</param>
/// <param name="time">Clock.</param>
/// <param name="logs">For Kestrel, and for what becomes of the port.</param>
internal sealed class HttpPort(
    MetricsKeys at,
    IReadOnlyDictionary<string, RequestDelegate> pages,
    TimeProvider time,
    ILoggerFactory logs
) : BackgroundService, IHttpApplication<HttpContext>
{
    /// <summary>How often a port that is taken is tried.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int MostConnections = 32;
    private const int MostBody = 64 * 1024;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10); // as upstream
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = logs.CreateLogger("Multus.Host.Server");
    private readonly TaskCompletionSource<Uri> _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> Bound => _bound.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var server = await BindAsync(stoppingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var over = new CancellationTokenSource(LastAnswers, time);
            await server.StopAsync(over.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the port never was this daemon's
        }
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Kestrel logs the exception; a page holds nothing beyond its answer.
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        if (!pages.TryGetValue(context.Request.Path.Value ?? "", out var page))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Get;
            return Task.CompletedTask;
        }

        return page(context);
    }

    private async Task<KestrelServer> BindAsync(CancellationToken cancel)
    {
        var said = "";
        while (true)
        {
            var server = new KestrelServer(Options.Create(Limits()), Transport(), logs);
            try
            {
                await server.StartAsync(this, cancel);
                HostLog.PortBound(_log, at.Text);
                _bound.TrySetResult(AddressOf(server));
                return server;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                server.Dispose();
                if (said != e.Message)
                    HostLog.PortNotBound(_log, at.Text, e.Message, Interval.TotalSeconds);
                said = e.Message;
            }
            catch
            {
                server.Dispose();
                throw;
            }

            await Task.Delay(Interval, time, cancel);
        }
    }

    private KestrelServerOptions Limits()
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = MostBody;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        if (at.Address is not { } address)
            kestrel.ListenLocalhost(at.Port);
        else if (address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(at.Port); // IPv4 as well, and alone where there is no IPv6
        else
            kestrel.Listen(address, at.Port);
        return kestrel;
    }

    private SocketTransportFactory Transport() => new(Options.Create(new SocketTransportOptions()), logs);

    private static Uri AddressOf(KestrelServer server)
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()!.Addresses)
            return new Uri(address);
        throw new InvalidOperationException("Kestrel has bound no address");
    }
}
