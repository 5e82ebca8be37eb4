using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Multus.Cni;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Certificates;

/// <summary>
/// Keeps a good certificate in the store: looks, and asks for another one when the time has come. One at a time.
/// </summary>
internal sealed class CertificateRotation
{
    private static readonly TimeSpan LongDuration = TimeSpan.FromHours(1);
    private static readonly TimeSpan OftenLooked = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RarelyLooked = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DoubtPause = TimeSpan.FromMinutes(5); // a new certificate may be refused as well

    // After a request that failed: five tries in half a minute, then less often.
    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(32));

    private readonly NodeCertificateSettings _settings;
    private readonly CertificateStore _store;
    private readonly SigningRequests _requests;
    private readonly IExecPluginRunner? _runner;
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ApiClusterSettings _client;
    private ApiAccess _bootstrap; // as its file last said
    private CertificatePair? _planned;
    private DateTimeOffset _rotateAt; // of the planned one
    private int _failures; // in a row
    private volatile bool _isDoubted;
    private long? _doubtedAt; // when a doubt last led to a request

    /// <param name="bootstrap">What the bootstrap kubeconfig says now.</param>
    public CertificateRotation(
        NodeCertificateSettings settings,
        ApiAccess bootstrap,
        CertificateStore store,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        Random random,
        ILogger log
    )
    {
        _settings = settings;
        _bootstrap = bootstrap;
        _store = store;
        _runner = runner;
        _environment = environment;
        _time = time;
        _random = random;
        _log = log;
        _client = new ApiClusterSettings(settings.NodeName, settings.Version);
        _requests = new SigningRequests(settings, time, log);
    }

    /// <summary>What was done last to come to a certificate, for who waits for it.</summary>
    public string Tried { get; private set; } = "nothing was tried yet";

    /// <summary>Whether the store has a certificate with which the node can work.</summary>
    public bool HasGood => _store.Find().Pair is { } pair && IsGood(pair);

    /// <summary>Whether a certificate does for this node at this time.</summary>
    public bool IsGood(CertificatePair pair) => pair.ProblemFor(_settings, _time.GetUtcNow()) is null;

    /// <summary>The server has refused the certificate: the next look asks for another one.</summary>
    public void Doubt() => _isDoubted = true;

    /// <summary>Ends by cancellation only.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
            await Task.Delay(await TurnAsync(cancel).ConfigureAwait(false), _time, cancel).ConfigureAwait(false);
    }

    /// <summary>Does what is due now, and says how long nothing else is.</summary>
    public async Task<TimeSpan> TurnAsync(CancellationToken cancel)
    {
        var (pair, trouble) = _store.Find();
        var problem = pair is null ? trouble : pair.ProblemFor(_settings, _time.GetUtcNow()) ?? DoubtOf(pair);
        if ((problem ?? ReasonToRotate(pair!)) is { } reason)
        {
            try
            {
                CertificateLog.Asking(_log, reason);
                pair = await RenewAsync(problem is null ? pair : null, cancel).ConfigureAwait(false);
                SettleDoubt();
                Plan(pair);
                if (ReasonToRotate(pair) is { } again)
                    return WaitAfter(new KubernetesException($"{again}: are the clocks right?", isTransient: true));
            }
            catch (Exception e)
                when (e
                        is KubernetesException
                            or ApiConfigurationException
                            or IOException
                            or UnauthorizedAccessException
                            or CryptographicException
                )
            {
                return WaitAfter(e);
            }
        }

        _failures = 0;
        Plan(pair!);
        var left = _rotateAt - _time.GetUtcNow();
        var look = _settings.Duration < LongDuration ? OftenLooked : RarelyLooked;
        return left < look ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : look;
    }

    private TimeSpan WaitAfter(Exception e)
    {
        var wait = Waits.After(++_failures);
        Tried = e.Message;
        CertificateLog.Failed(_log, wait, _failures, e.Message);
        return wait;
    }

    private string? DoubtOf(CertificatePair pair)
    {
        if (!_isDoubted)
            return null;
        if (_doubtedAt is { } at && _time.GetElapsedTime(at) < DoubtPause)
        {
            _isDoubted = false;
            return null;
        }

        return $"the API server has refused the {pair}";
    }

    /// <summary>Only a new certificate settles it: what has failed is tried again.</summary>
    private void SettleDoubt()
    {
        if (_isDoubted)
            _doubtedAt = _time.GetTimestamp();
        _isDoubted = false;
    }

    private string? ReasonToRotate(CertificatePair pair)
    {
        Plan(pair);
        return _rotateAt <= _time.GetUtcNow() ? $"the {pair} has come of age" : null;
    }

    private void Plan(CertificatePair pair)
    {
        if (_planned?.Pem == pair.Pem)
            return;
        _planned = pair;
        _rotateAt = RotationPoint.Of(pair, _random.NextDouble());
        CertificateLog.Good(_log, pair.Subject, _store.Current, pair.NotAfter, _rotateAt);
    }

    /// <param name="good">A certificate that lets us in; <c>null</c>: there is none.</param>
    private async Task<CertificatePair> RenewAsync(CertificatePair? good, CancellationToken cancel)
    {
        ReadBootstrap();
        if (good is not null)
        {
            try
            {
                return await RenewAsAsync(NodeCertificates.AccessWith(_bootstrap, _store.Current), cancel)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.Status is 401 or 403 || ApiTransport.IsServerRefused(e))
            {
                CertificateLog.BootstrapUsed(_log, _bootstrap.Source, e.Message);
            }
        }

        return await RenewAsAsync(_bootstrap, cancel).ConfigureAwait(false);
    }

    private async Task<CertificatePair> RenewAsAsync(ApiAccess access, CancellationToken cancel)
    {
        var credential = $"{access.User} of {access.Source}";
        Tried = $"{access.Server} is asked as {credential}";
        using var transport = new ApiTransport(access, _client, _runner, _environment, _time, _log);
        var (certificate, key) = await _requests
            .SignAsync(
                transport,
                credential,
                name => Tried = $"CertificateSigningRequest {name} was made, and nobody has signed it",
                cancel
            )
            .ConfigureAwait(false);
        return _store.Save(certificate, key);
    }

    /// <summary>
    /// Anew for each certificate: a cluster's authority may have changed, and the file with it. Without it what it said
    /// before leads to the server.
    /// </summary>
    private void ReadBootstrap()
    {
        try
        {
            _bootstrap = Kubeconfig.Read(_settings.BootstrapKubeconfig);
        }
        catch (ApiConfigurationException e)
        {
            CertificateLog.BootstrapKept(_log, _bootstrap.Source, e.Message);
        }
    }
}
