using Multus.Core.Pods;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates;

namespace Multus.Configuration;

/// <summary>Where pods and networks come from.</summary>
public abstract record ClusterSource
{
    public const string NodeNameVariable = "MULTUS_NODE_NAME";

    private ClusterSource()
    {
        // closed: the two below are all there are
    }

    /// <param name="ManifestDir">Its manifests are the cluster.</param>
    /// <param name="StatusDir">Takes the network-status of its pods.</param>
    public sealed record Folder(string ManifestDir, string StatusDir) : ClusterSource;

    /// <param name="NodeName">Whose pods are followed; empty: those of all nodes.</param>
    /// <param name="Certificate">That of the node, which <paramref name="Access"/> needs; null: it needs
    /// none.</param>
    public sealed record ApiServer(ApiAccess Access, string NodeName, NodeCertificateSettings? Certificate = null)
        : ClusterSource;

    /// <summary>
    /// The first there is of: manifestDir, perNodeCertificate, kubeconfig, the service account of the container that
    /// this runs in.
    /// </summary>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="ApiConfigurationException">There is none, or it cannot be used.</exception>
    internal static ClusterSource Of(DaemonConfiguration configuration, Func<string, string?> environment)
    {
        if (configuration.ManifestDir.Length > 0)
            return new Folder(configuration.ManifestDir, configuration.StatusDir);

        if (configuration.NodeCertificate is { } keys)
        {
            var certificate = CertificateOf(keys, environment);
            return new ApiServer(NodeCertificates.AccessOf(certificate), certificate.NodeName, certificate);
        }

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

    /// <exception cref="ApiConfigurationException">The node has no name.</exception>
    internal static NodeCertificateSettings CertificateOf(NodeCertificateKeys keys, Func<string, string?> environment)
    {
        var node = environment(NodeNameVariable) ?? "";
        if (!KubernetesNames.IsSubdomain(node))
            throw new ApiConfigurationException(
                $"a certificate of the node needs the node's name, and {NodeNameVariable} is '{node}': set it from "
                    + "spec.nodeName"
            );
        return new NodeCertificateSettings(node, keys.BootstrapKubeconfig, keys.CertDir, keys.CertDuration)
        {
            Version = ProductVersion.Number,
        };
    }
}
