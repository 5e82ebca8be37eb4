using Multus.Cni;
using Multus.Kubernetes;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Folder;
using Multus.Linux.Processes;

namespace Multus.Thin.Clusters;

/// <summary>
/// The cluster, which is not touched before the first question: a DEL has none. Nothing is watched and nothing is
/// remembered. Any thread.
/// </summary>
internal sealed class LazyCluster : IDisposable
{
    private readonly ThinSettings _settings;
    private readonly Lazy<IClusterApi> _api;
    private readonly TimeProvider _time;

    /// <param name="settings">Says which cluster.</param>
    /// <param name="processes">Runs credential plugins.</param>
    public LazyCluster(ThinSettings settings, IProcessRunner processes, TimeProvider time, ILoggerFactory logs)
    {
        _settings = settings;
        _time = time;
        _api = new Lazy<IClusterApi>(() => Create(settings, processes, time, logs));
    }

    /// <summary>What the cluster is called in messages; it is not asked for that.</summary>
    public string Description =>
        _settings switch
        {
            { ManifestDir: { Length: > 0 } folder } => $"the manifests in {folder}",
            { Kubeconfig: { Length: > 0 } file } => $"the API server of kubeconfig {file}",
            { ApiServer: { Length: > 0 } server } => $"the API server {server}",
            _ => "the API server of the service account",
        };

    /// <summary>Whether it is manifests, which cost nothing to ask.</summary>
    public bool IsFolder => _settings.ManifestDir.Length > 0;

    /// <summary>Asks it something; bounded in time.</summary>
    /// <exception cref="KubernetesException">It was not answered.</exception>
    public Task<T> AskAsync<T>(Func<IClusterApi, CancellationToken, Task<T>> ask, CancellationToken cancel) =>
        ClusterQuestion.BoundedAsync(_settings.ApiTimeout, _time, token => ask(Api(), token), cancel);

    /// <summary>As above, where being done is the answer.</summary>
    /// <exception cref="KubernetesException">It was not answered.</exception>
    public Task TellAsync(Func<IClusterApi, CancellationToken, Task> tell, CancellationToken cancel) =>
        ClusterQuestion.BoundedAsync(_settings.ApiTimeout, _time, token => tell(Api(), token), cancel);

    public void Dispose()
    {
        if (_api is { IsValueCreated: true, Value: IDisposable api })
            api.Dispose();
    }

    /// <summary>The client, made now if it was not before.</summary>
    /// <exception cref="CniException">Code 7: the configuration does not lead to a cluster. Code 11: a file that it
    /// names is not there, which may come.</exception>
    public IClusterApi Api()
    {
        try
        {
            return _api.Value;
        }
        catch (ApiConfigurationException e)
        {
            var code = e.InnerException is IOException ? CniErrorCode.TryAgainLater : CniErrorCode.InvalidNetworkConfig;
            throw new CniException(new CniError(code, e.Message), e);
        }
        catch (ArgumentException e)
        {
            throw new CniException(new CniError(CniErrorCode.InvalidNetworkConfig, e.Message), e);
        }
    }

    private static IClusterApi Create(
        ThinSettings settings,
        IProcessRunner processes,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        if (settings.ManifestDir.Length > 0)
        {
            return new FolderCluster(
                new FolderClusterSettings(settings.ManifestDir, settings.StatusDir),
                logs.CreateLogger<FolderCluster>(),
                time
            );
        }

        var access = ClusterAccess.Find(
            settings.Kubeconfig,
            settings.ApiServer,
            settings.ServiceAccountDir,
            Environment.GetEnvironmentVariable
        );
        if (access.Authority is not null)
            SystemCertificates.LeaveOut(); // this process lives for one call: what it need not read counts
        return new ApiCluster(
            access,
            new ApiClusterSettings(settings.NodeName, CommandLine.Version) { Program = CommandLine.Name },
            new ExecPluginProcesses(processes),
            Environment.GetEnvironmentVariable,
            time,
            new Random(),
            logs.CreateLogger<ApiCluster>()
        );
    }
}
