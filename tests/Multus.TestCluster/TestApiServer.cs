using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Multus.TestCluster.Access;
using Multus.TestCluster.Certificates;
using Multus.TestCluster.ClientFiles;
using Multus.TestCluster.Connections;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;
using Multus.TestCluster.Watching;

namespace Multus.TestCluster;

/// <summary>
/// A Kubernetes API server in the test's own process: HTTPS on a loopback address of its own, HTTP/2 and HTTP/1.1. It
/// holds what the test puts into it, answers in the words of the real one, and goes wrong when told to.
/// </summary>
public sealed class TestApiServer : IAsyncDisposable
{
    private readonly TestApiServerSettings _settings;
    private readonly ServerParts _parts;
    private readonly RequestPipeline _pipeline;
    private readonly IPAddress _address = LoopbackAddress();
    private WebApplication? _running;
    private CancellationTokenSource _stopping = new();

    private TestApiServer(TestApiServerSettings settings, TimeProvider time)
    {
        _settings = settings;
        var objects = new ObjectStore(time);
        var identity = new ServerIdentity(_address, time);
        _parts = new ServerParts(
            objects,
            new AccessBook(),
            identity,
            new FaultPlan(),
            new RequestJournal(),
            new WatchBook(objects, settings, time),
            new ConnectionBook(),
            new RequestSigner(objects, identity, time)
        );
        _pipeline = new RequestPipeline(_parts, settings, time);
    }

    /// <summary>The same for life, also after a stop and a start.</summary>
    public Uri Address => new($"https://{_address}:{Port}");

    public string Host => _address.ToString();

    public int Port { get; private set; }

    public ObjectStore Objects => _parts.Objects;

    public AccessBook Access => _parts.Access;

    public ServerIdentity Identity => _parts.Identity;

    /// <summary>Signs the CertificateSigningRequests that are approved.</summary>
    public RequestSigner Signer => _parts.Signer;

    /// <summary>What commands do in containers (pods/exec); null: no kubelet can be reached.</summary>
    public ExecHandler? Exec
    {
        get => _parts.Exec;
        set => _parts.Exec = value;
    }

    public FaultPlan Faults => _parts.Faults;

    public RequestJournal Journal => _parts.Journal;

    public WatchBook Watches => _parts.Watches;

    public ConnectionBook Connections => _parts.Connections;

    /// <summary>Writes what a client needs to find the server into a folder of the caller's.</summary>
    public ClientFolder FilesIn(string folder) => new(this, folder);

    public static async Task<TestApiServer> StartAsync(
        TestApiServerSettings? settings = null,
        TimeProvider? time = null
    )
    {
        var server = new TestApiServer(settings ?? new TestApiServerSettings(), time ?? TimeProvider.System);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Listens again where it did before; objects and tokens are as they were.</summary>
    public async Task StartAgainAsync()
    {
        if (_running is not null)
            throw new InvalidOperationException("the server runs already");
        _stopping = new CancellationTokenSource();
        var app = Build();
        await app.StartAsync();
        Port = new Uri(app.Urls.Single()).Port;
        _running = app;
    }

    /// <summary>Goes away at once, as a process that is killed: connections break, new ones are refused.</summary>
    public async Task StopAsync()
    {
        if (_running is not { } app)
            return;
        _running = null;
        await _stopping.CancelAsync();
        _parts.Connections.Resume(); // a stalled connection could not even end
        _parts.Connections.ResetAll();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Continue tokens handed out so far are answered with 410.</summary>
    public void ExpirePages() => _pipeline.ExpirePages();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _parts.Identity.Dispose();
        _stopping.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (_settings.Bind is { } bind)
            builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = bind);
        builder.WebHost.ConfigureKestrel(Configure);
        var app = builder.Build();
        var stopping = _stopping.Token;
        app.UseWebSockets();
        app.Run(http => _pipeline.HandleAsync(http, stopping));
        return app;
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinRequestBodyDataRate = null; // slow is what tests want to see
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = _settings.StreamsPerConnection;
        kestrel.Listen(
            _address,
            Port,
            listen =>
            {
                listen.Protocols = _settings.SpeaksHttp2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                listen.Use(next => connection => _parts.Connections.ServeAsync(connection, next));
                listen.UseHttps(
                    new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(_parts.Identity.ToTlsOptions(_settings.SpeaksHttp2)),
                    }
                );
            }
        );
    }

    /// <summary>
    /// One of the sixteen million loopback addresses: so no other program takes the port while the server is down.
    /// </summary>
    private static IPAddress LoopbackAddress()
    {
        var bytes = RandomNumberGenerator.GetBytes(4);
        bytes[0] = 127;
        bytes[3] = (byte)(1 + (bytes[3] % 254));
        return new IPAddress(bytes);
    }
}
