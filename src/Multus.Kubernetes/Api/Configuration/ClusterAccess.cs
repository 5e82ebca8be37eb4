namespace Multus.Kubernetes.Api.Configuration;

/// <summary>How the API server of this node's cluster is reached.</summary>
public static class ClusterAccess
{
    private const string ServiceVariable = "KUBERNETES_SERVICE_HOST";

    /// <summary>
    /// The first there is of: a kubeconfig, a service account for the server that is named, the service account of the
    /// container that this runs in.
    /// </summary>
    /// <param name="kubeconfig">Its path, or empty.</param>
    /// <param name="apiServer">The server's address, or empty.</param>
    /// <param name="serviceAccountDir">Where a service account's files are.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="ApiConfigurationException">There is none, or it cannot be used.</exception>
    public static ApiAccess Find(
        string kubeconfig,
        string apiServer,
        string serviceAccountDir,
        Func<string, string?> environment
    )
    {
        ArgumentNullException.ThrowIfNull(kubeconfig);
        ArgumentNullException.ThrowIfNull(apiServer);
        ArgumentNullException.ThrowIfNull(environment);
        if (kubeconfig.Length > 0)
            return Kubeconfig.Read(kubeconfig);
        if (apiServer.Length > 0)
            return InCluster.Read(environment, serviceAccountDir, new Uri(apiServer));
        if (IsInCluster(environment))
            return InCluster.Read(environment, serviceAccountDir);

        throw new ApiConfigurationException(
            "there is no cluster to take pods and networks from: set kubeconfig to the path of a kubeconfig file, "
                + "or run in a pod with a service account "
                + $"({ServiceVariable} is not set), or set manifestDir to a folder of Kubernetes manifests, which "
                + "may be empty"
        );
    }

    /// <summary>Whether this is a container of a cluster.</summary>
    public static bool IsInCluster(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment(ServiceVariable) is { Length: > 0 };
    }
}
