using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Authentication;
using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Api.Json;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>
/// Connections that were all made with the newest certificate and authority. When either changes there are new ones;
/// the old are closed when the last request on them has ended.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private static readonly TimeSpan TcpProbeInterval = TimeSpan.FromSeconds(5);
    private const int TcpProbes = 3;

    private readonly ApiAccess _access;
    private readonly ApiClusterSettings _settings;
    private readonly ITokenProvider _tokens;
    private readonly IWebProxy _proxy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private Generation? _newest;
    private volatile string? _refusal;
    private volatile string? _refused; // the certificate that it is about

    /// <param name="tokens">Asked for each request.</param>
    public ConnectionPool(
        ApiAccess access,
        ApiClusterSettings settings,
        ITokenProvider tokens,
        IWebProxy proxy,
        TimeProvider time,
        ILogger log
    )
    {
        HomeFolder.Ensure();
        _time = time;
        _access = access;
        _settings = settings;
        _tokens = tokens;
        _proxy = proxy;
        _log = log;
    }

    /// <summary>
    /// Why the certificate that a server has shown last is not accepted, <c>null</c> when it is: the framework only
    /// says that it is not.
    /// </summary>
    public string? Refusal => _refusal;

    /// <summary>To be disposed of when the answer has been read.</summary>
    public Lease Rent(ClientCertificate? certificate, ServerTrust trust)
    {
        lock (_gate)
        {
            if (_newest is null || _newest.Certificate != certificate || _newest.Trust != trust)
                Renew_NeedsLock(certificate, trust);
            _newest!.Users++;
            return new Lease(this, _newest);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_newest is not null)
                Retire_NeedsLock(_newest);
            _newest = null;
        }
    }

    private void Renew_NeedsLock(ClientCertificate? certificate, ServerTrust trust)
    {
        if (_newest is not null)
        {
            ApiLog.ConnectionsRenewed(_log);
            Retire_NeedsLock(_newest);
        }

        _newest = new Generation(certificate, trust, NewConnection(certificate, trust));
    }

    private static void Retire_NeedsLock(Generation old)
    {
        old.IsRetired = true;
        if (old.Users == 0)
            old.Connection.Dispose();
    }

    private void Return(Generation generation)
    {
        lock (_gate)
        {
            if (--generation.Users == 0 && generation.IsRetired)
                generation.Connection.Dispose();
        }
    }

    /// <summary>
    /// The library is told of no certificate: with authorities of its own it does not look at the server's name, and of
    /// a bundle it takes the first one.
    /// </summary>
    private KubeConnection NewConnection(ClientCertificate? certificate, ServerTrust trust)
    {
        var configuration = new KubernetesClientConfiguration
        {
            Host = _access.Server.AbsoluteUri,
            TlsServerName = _access.TlsServerName,
            TokenProvider = _tokens,
            UserAgent = $"{_settings.Program}/{_settings.Version}",
            FirstMessageHandlerSetup = handler => SetUp(handler, certificate, trust),
        };
        return new KubeConnection(configuration.WithOurJson());
    }

    private void SetUp(SocketsHttpHandler handler, ClientCertificate? certificate, ServerTrust trust)
    {
        handler.AllowAutoRedirect = false; // to whom would our token go
        handler.UseCookies = false;
        handler.Proxy = _proxy;
        handler.UseProxy = true;
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.ConnectTimeout = _settings.ConnectTimeout;
        handler.ConnectCallback = ConnectAsync;
        handler.EnableMultipleHttp2Connections = true;
        handler.KeepAlivePingDelay = _settings.PingInterval;
        handler.KeepAlivePingTimeout = _settings.PingTimeout;
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate?.Context,
            CertificateChainPolicy = trust.Policy(),
            RemoteCertificateValidationCallback = (_, shown, chain, errors) => Accepts(trust, shown, chain, errors),
        };
    }

    private bool Accepts(ServerTrust trust, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (trust.Accepts(shown, chain, errors))
        {
            _refusal = null;
            _refused = null;
            return true;
        }

        if (shown is X509Certificate2 certificate)
        {
            var problem = ProblemOf(certificate, errors);
            _refusal =
                $"its certificate {certificate.Subject}, issued by {certificate.Issuer}, is not accepted: {problem}";
            if (_refused != certificate.Thumbprint) // once, not at each try
                ApiLog.ServerNotTrusted(
                    _log,
                    certificate.Subject,
                    certificate.Issuer,
                    certificate.NotBefore,
                    certificate.NotAfter,
                    problem
                );
            _refused = certificate.Thumbprint;
        }

        return false;
    }

    private string ProblemOf(X509Certificate2 certificate, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"it is not for {_access.TlsServerName ?? _access.Server.Host}";
        var now = _time.GetUtcNow();
        if (now < certificate.NotBefore || now > certificate.NotAfter)
            return $"it is valid from {certificate.NotBefore.ToUniversalTime():u} to "
                + $"{certificate.NotAfter.ToUniversalTime():u}, and it is {now:u}";
        return $"nobody trusted by {_access.Authority?.Place ?? "the system"} has signed it for a server";
    }

    /// <summary>
    /// HTTP/1.1 has no pings, so a half-open connection is the kernel's to notice. Its settings come after the
    /// connection: a socket that has them cannot try one address of a name after the other.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(
                SocketOptionLevel.Tcp,
                SocketOptionName.TcpKeepAliveTime,
                Seconds(_settings.PingInterval)
            );
            socket.SetSocketOption(
                SocketOptionLevel.Tcp,
                SocketOptionName.TcpKeepAliveInterval,
                Seconds(TcpProbeInterval)
            );
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, TcpProbes);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)time.TotalSeconds);

    /// <summary>One request's use of a connection.</summary>
    public readonly struct Lease(ConnectionPool pool, Generation generation) : IDisposable
    {
        public KubeConnection Connection => generation.Connection;

        public void Dispose() => pool.Return(generation);
    }

    /// <summary>Its numbers are the pool's, under its lock.</summary>
    internal sealed class Generation(ClientCertificate? certificate, ServerTrust trust, KubeConnection connection)
    {
        public ClientCertificate? Certificate => certificate;

        public ServerTrust Trust => trust;

        public KubeConnection Connection => connection;

        public int Users { get; set; }

        public bool IsRetired { get; set; }
    }
}
