using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Certificates;

/// <summary>
/// A node's own certificate for the API server, instead of an account that all nodes share: asked for with a bootstrap
/// kubeconfig, kept in a folder, and replaced before it expires for as long as this lives.
/// </summary>
public sealed class NodeCertificates : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly CertificateRotation _rotation;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private NodeCertificates(CertificateRotation rotation)
    {
        _rotation = rotation;
        _running = rotation.RunAsync(_stopping.Token);
    }

    /// <summary>Ends before this is disposed of only by our own fault: then nothing is replaced any more.</summary>
    public Task Running => _running;

    /// <summary>How the API server is reached as the node: where the bootstrap kubeconfig leads, with the certificate
    /// and the key that are newest at each moment.</summary>
    /// <exception cref="ApiConfigurationException">The bootstrap kubeconfig cannot be used.</exception>
    public static ApiAccess AccessOf(NodeCertificateSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var bootstrap = Kubeconfig.Read(settings.BootstrapKubeconfig);
        return AccessWith(bootstrap, CertificateStore.CurrentIn(settings.CertDir)) with
        {
            // Who may sign the server's certificate is followed as well.
            Authority = bootstrap.Authority is null ? null : new PemSource.InKubeconfig(settings.BootstrapKubeconfig),
        };
    }

    /// <summary>Repairs the store, and returns as soon as there is a good certificate.</summary>
    /// <param name="runner">Needed when the bootstrap credential comes from a program.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set: for the proxy
    /// settings.</param>
    /// <exception cref="ApiConfigurationException">The bootstrap kubeconfig or the folder cannot be used.</exception>
    /// <exception cref="KubernetesException">There is no certificate in time.</exception>
    public static async Task<NodeCertificates> StartAsync(
        NodeCertificateSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        ILogger<NodeCertificates> log,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(time);
        var bootstrap = Kubeconfig.Read(settings.BootstrapKubeconfig);
        var store = new CertificateStore(settings.CertDir, new CertificateFiles(), time);
        var rotation = new CertificateRotation(
            settings,
            bootstrap,
            store,
            runner,
            environment,
            time,
            new Random(),
            log
        );
        try
        {
            store.Recover(rotation.IsGood);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigurationException($"certDir {settings.CertDir} cannot be used: {e.Message}", e);
        }

        var certificates = new NodeCertificates(rotation);
        try
        {
            await certificates.WaitAsync(settings, bootstrap, time, cancel).ConfigureAwait(false);
        }
        catch
        {
            await certificates.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return certificates;
    }

    /// <summary>
    /// The API server has refused the certificate: it may be another cluster's by now, or have another authority. A new
    /// one is asked for with the bootstrap kubeconfig; may be called at any time.
    /// </summary>
    public void Doubt() => _rotation.Doubt();

    /// <summary>A request that is under way is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // it was told to end
        }

        _stopping.Dispose();
    }

    internal static ApiAccess AccessWith(ApiAccess bootstrap, string pair)
    {
        var file = new PemSource.InFile(pair);
        return bootstrap with
        {
            Source = $"{pair}, at the server of {bootstrap.Source}",
            User = new UserAccess(Certificate: file, Key: file),
        };
    }

    /// <summary>Looks at the store, for another daemon of this node may be the one that fills it.</summary>
    private async Task WaitAsync(
        NodeCertificateSettings settings,
        ApiAccess bootstrap,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var began = time.GetTimestamp();
        while (!_rotation.HasGood)
        {
            if (_running.IsCompleted)
                await _running.ConfigureAwait(false); // our own fault, or nobody waits any more
            if (time.GetElapsedTime(began) >= settings.StartPatience)
                throw new KubernetesException(
                    $"the certificate of CN={settings.CommonName} was not signed within "
                        + $"{settings.StartPatience.TotalSeconds:0} s: {_rotation.Tried}. It was asked for at "
                        + $"{bootstrap.Server} with {bootstrap.Source}. multus-daemon cert-approver approves such "
                        + "requests, or kubectl certificate approve; kubectl get csr shows them",
                    isTransient: true
                );
            await Task.Delay(Look, time, cancel).ConfigureAwait(false);
        }
    }
}
