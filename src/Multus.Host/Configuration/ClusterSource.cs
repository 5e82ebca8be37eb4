using Multus.Kubernetes.Api.Configuration;

namespace Multus.Host.Configuration;

/// <summary>Where pods and networks come from.</summary>
public abstract record ClusterSource
{
    private const string NodeNameVariable = "MULTUS_NODE_NAME";

    private ClusterSource()
    {
        // closed: the two below are all there are
    }

    /// <param name="ManifestDir">Its manifests are the cluster.</param>
    /// <param name="StatusDir">Takes the network-status of its pods.</param>
    public sealed record Folder(string ManifestDir, string StatusDir) : ClusterSource;

    /// <param name="NodeName">Whose pods are followed; empty: those of all nodes.</param>
    public sealed record ApiServer(ApiAccess Access, string NodeName) : ClusterSource;

    /// <summary>
    /// The first there is of: manifestDir, kubeconfig, the service account of the container that this runs in.
    /// </summary>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="ApiConfigurationException">There is none, or it cannot be used.</exception>
    internal static ClusterSource Of(DaemonConfiguration configuration, Func<string, string?> environment)
    {
        if (configuration.ManifestDir.Length > 0)
            return new Folder(configuration.ManifestDir, configuration.StatusDir);

        return new ApiServer(
            ClusterAccess.Find(
                configuration.Kubeconfig,
                configuration.ApiServer,
                configuration.ServiceAccountDir,
                environment
            ),
            environment(NodeNameVariable) ?? ""
        );
    }
}
