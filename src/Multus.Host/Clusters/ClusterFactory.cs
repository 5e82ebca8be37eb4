using Multus.Kubernetes;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Certificates;
using Multus.Kubernetes.Folder;
using Multus.Linux.Processes;

namespace Multus.Host.Clusters;

/// <summary>Makes the client of the cluster that the configuration names.</summary>
internal static class ClusterFactory
{
    /// <param name="processes">Runs credential plugins.</param>
    /// <param name="certificates">Those of the node, which the access needs; null: it needs none.</param>
    /// <param name="onAnswered">Told of each request to an API server: its verb, and the status of the answer.</param>
    /// <returns>To be disposed of, if it can be, when no actor works with it any more.</returns>
    /// <exception cref="Kubernetes.Api.Configuration.ApiConfigurationException">It cannot be used as it is
    /// configured.</exception>
    public static IClusterApi Create(
        ClusterSource source,
        IProcessRunner processes,
        NodeCertificates? certificates,
        Action<string, int> onAnswered,
        TimeProvider time,
        ILoggerFactory logs
    ) =>
        source switch
        {
            ClusterSource.Folder folder => new FolderCluster(
                new FolderClusterSettings(folder.ManifestDir, folder.StatusDir),
                logs.CreateLogger<FolderCluster>(),
                time
            ),
            ClusterSource.ApiServer server => new ApiCluster(
                server.Access,
                new ApiClusterSettings(server.NodeName, ProductVersion.Number)
                {
                    OnRefused = certificates is null ? null : certificates.Doubt,
                    OnAnswered = onAnswered,
                },
                new ExecPluginProcesses(processes),
                Environment.GetEnvironmentVariable,
                time,
                new Random(),
                logs.CreateLogger<ApiCluster>()
            ),
            _ => throw new InvalidOperationException($"unknown source {source}"),
        };
}
