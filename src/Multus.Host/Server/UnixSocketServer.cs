using Akka;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Multus.Actors.Node;
using Multus.Engine;

namespace Multus.Host.Server;

/// <summary>
/// Kestrel without a web application around it: four paths need no routing, no middleware and no trace of each request,
/// which together are a megabyte of every node's memory. It starts with the host, and stops in three steps of Akka's
/// shutdown: docs/decisions/0027-the-stop.md.
/// </summary>
/// <param name="options">Kestrel's limits, and the one socket.</param>
/// <param name="places">Its connections.</param>
/// <param name="handler">Answers.</param>
/// <param name="shutdown">Of the actors that answer; asked for once they have started.</param>
/// <param name="stop">What each step may take.</param>
/// <param name="time">The clock of it.</param>
/// <param name="logs">For Kestrel and the socket.</param>
internal sealed class UnixSocketServer(
    KestrelServerOptions options,
    ConnectionPlaces places,
    RequestDelegate handler,
    Func<CoordinatedShutdown> shutdown,
    StopTimes stop,
    TimeProvider time,
    ILoggerFactory logs
) : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private static readonly TimeSpan HandoverLook = TimeSpan.FromMilliseconds(50);

    // For the last bytes of the last answer.
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = logs.CreateLogger("Multus.Host.Server");
    private readonly LastingTransport _transport = new(
        new BoundedTransport(places, time, logs.CreateLogger("Multus.Host.Server")),
        time,
        logs.CreateLogger("Multus.Host.Server")
    );

    private readonly WorkCount _underWay = new();
    private readonly CancellationTokenSource _cut = new();
    private KestrelServer? _server;
    private int _handovers;
    private volatile bool _isStopping;
    private Task _stopped = Task.CompletedTask;

    /// <summary>Whether whoever connects comes to this daemon; if not, another has taken the node over.</summary>
    public bool IsOwner => _transport.IsOwner;

    /// <summary>
    /// Ends when another daemon has taken the socket, and nothing but such questions is under way here; at once when
    /// this daemon is told to stop, for the stop waits for all questions.
    /// </summary>
    public async Task WhenHandedOverAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(HandoverLook, time);
        Interlocked.Increment(ref _handovers);
        try
        {
            while (!_isStopping && (_transport.IsOwner || _underWay.Count > Volatile.Read(ref _handovers)))
                await timer.WaitForNextTickAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _handovers);
        }
    }

    public async Task StartAsync(CancellationToken cancel)
    {
        _server = new KestrelServer(Options.Create(options), _transport, logs);
        await _server.StartAsync(this, cancel);
        var steps = shutdown();
        steps.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "close-socket", UnbindAsync);
        steps.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "answer-requests", DrainAsync);
        steps.AddTask(CoordinatedShutdown.PhaseServiceStop, "end-server", EndAsync);
    }

    /// <summary>
    /// Nothing is left to do: the shutdown of the actors, which is another of the host's services, has stopped it.
    /// </summary>
    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        _underWay.Begin();
        return new DefaultHttpContext(contextFeatures);
    }

    public Task ProcessRequestAsync(HttpContext context) => handler(context);

    /// <summary>Kestrel has the whole answer now, and logs the exception.</summary>
    public void DisposeContext(HttpContext context, Exception? exception) => _underWay.End();

    public void Dispose()
    {
        _server?.Dispose();
        _cut.Dispose();
    }

    // Kestrel unbinds first and then waits for its connections: that goes on in the background, until the last step.
    private async Task<Done> UnbindAsync()
    {
        _isStopping = true;
        _stopped = _server!.StopAsync(_cut.Token);
        await Task.WhenAny(_stopped, _transport.WhenUnbound);
        HostLog.SocketClosed(_log);
        return Done.Instance;
    }

    // Kestrel's limit for headers does not count any more once it stops: a client that has begun to send and never ends
    // is waited for here as long, and no longer.
    private async Task<Done> DrainAsync()
    {
        using var over = new CancellationTokenSource(stop.Drain, time);
        await Task.WhenAny(_stopped, Task.Delay(options.Limits.RequestHeadersTimeout, time, over.Token));
        await Task.WhenAny(_stopped, _underWay.WhenNone(), Task.Delay(Timeout.InfiniteTimeSpan, time, over.Token));
        HostLog.RequestsEnded(_log, _underWay.Count);
        await over.CancelAsync();
        return Done.Instance;
    }

    // Beside the end of those who work on requests: whoever has waited until now is refused, and has to be told.
    private async Task<Done> EndAsync()
    {
        using var over = new CancellationTokenSource(StopTimes.LastAnswers, time);
        await Task.WhenAny(_stopped, _underWay.WhenNone(), Task.Delay(Timeout.InfiniteTimeSpan, time, over.Token));
        await Task.WhenAny(_stopped, Task.Delay(LastBytes, time, over.Token));
        await _cut.CancelAsync();
        await _stopped;
        HostLog.ServerEnded(_log);
        return Done.Instance;
    }
}
