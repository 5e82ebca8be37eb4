using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
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
        var reason = pair is null ? trouble : pair.ProblemFor(_settings, _time.GetUtcNow()) ?? ReasonToRotate(pair);
        if (reason is not null)
        {
            try
            {
                CertificateLog.Asking(_log, reason);
                pair = await RenewAsync(pair, cancel).ConfigureAwait(false);
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
        var wait = RenewalPace.After(++_failures);
        Tried = e.Message;
        CertificateLog.Failed(_log, wait, _failures, e.Message);
        return wait;
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

    private async Task<CertificatePair> RenewAsync(CertificatePair? current, CancellationToken cancel)
    {
        ReadBootstrap();
        if (current is not null && IsGood(current))
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
