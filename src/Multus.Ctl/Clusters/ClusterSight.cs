using System.Collections.Immutable;
using Multus.Configuration;
using Multus.Core.Networks;
using Multus.Kubernetes;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Api.Surveys;
using Multus.Kubernetes.Surveys;
using Multus.Linux.Processes;

namespace Multus.Ctl.Clusters;

/// <summary>
/// The cluster that the daemon's configuration names, looked at once: its API server, or the folder that is the
/// cluster.
/// </summary>
internal sealed class ClusterSight : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ProcessRunner? _processes;

    private ClusterSight(string folder, string statusDir)
    {
        Folder = folder;
        StatusDir = statusDir;
        Description = $"the manifests in {folder}";
    }

    private ClusterSight(ClusterSource.ApiServer source)
    {
        _processes = new ProcessRunner(TimeProvider.System);
        Api = new ApiSurvey(
            source.Access,
            new ApiClusterSettings(source.NodeName, ProductVersion.Number)
            {
                Program = "multusctl",
                RequestTimeout = RequestTimeout,
                ConnectTimeout = ConnectTimeout,
                Patience = Patience,
            },
            new ExecPluginProcesses(_processes),
            Environment.GetEnvironmentVariable,
            TimeProvider.System
        );
        NodeName = source.NodeName;
        Description = Api.Description;
    }

    public string Description { get; }

    /// <summary>Null where a folder of manifests is the cluster.</summary>
    public ApiSurvey? Api { get; }

    /// <summary>Null where there is an API server.</summary>
    public string? Folder { get; }

    /// <summary>Where the network-status of the folder's pods is; null where there is an API server.</summary>
    public string? StatusDir { get; }

    /// <summary>Empty when nobody says.</summary>
    public string NodeName { get; } = "";

    /// <exception cref="ApiConfigurationException">There is no way to a cluster.</exception>
    public static ClusterSight Of(DaemonConfiguration daemon) =>
        ClusterSource.Of(daemon, Environment.GetEnvironmentVariable) switch
        {
            ClusterSource.Folder folder => new ClusterSight(folder.ManifestDir, folder.StatusDir),
            ClusterSource.ApiServer server => new ClusterSight(server),
            _ => throw new InvalidOperationException("unknown source of a cluster"),
        };

    /// <summary>All networks, by namespace and name.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    /// <exception cref="IOException">As above, of a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public async Task<ImmutableArray<NetworkAttachmentDefinition>> NetworksAsync(CancellationToken cancel)
    {
        var all = Api is not null
            ? await Api.ListNetworksAsync(cancel)
            : [.. ManifestSurvey.Read(Folder!).Networks.Select(network => network.Network)];
        return [.. all.OrderBy(network => network.Key.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>One network; null when there is none of that name.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    /// <exception cref="IOException">As above, of a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public async Task<NetworkAttachmentDefinition?> NetworkAsync(NetworkKey key, CancellationToken cancel) =>
        Api is not null
            ? await Api.GetNetworkAsync(key, cancel)
            : ManifestSurvey.Read(Folder!).Networks.FirstOrDefault(network => network.Network.Key == key)?.Network;

    public void Dispose()
    {
        Api?.Dispose();
        _processes?.Dispose();
    }
}
