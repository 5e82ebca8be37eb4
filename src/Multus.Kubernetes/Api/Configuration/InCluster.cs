using System.Globalization;

namespace Multus.Kubernetes.Api.Configuration;

/// <summary>What kubelet gives a container: two variables and the service account's files.</summary>
public static class InCluster
{
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <param name="folder">Has token and ca.crt.</param>
    /// <param name="server">Instead of the variables: an address that works before the node has service
    /// addresses.</param>
    /// <exception cref="ApiConfigurationException">This is no container of a cluster, or it has no service
    /// account.</exception>
    public static ApiAccess Read(Func<string, string?> environment, string folder = DefaultFolder, Uri? server = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        server ??= ServerOf(environment);
        return new ApiAccess(
            $"service account in {folder}",
            server,
            new PemSource.InFile(Existing(folder, "ca.crt")),
            SkipsTlsVerification: false,
            TlsServerName: null,
            Proxy: null,
            new UserAccess(TokenFile: Existing(folder, "token"))
        );
    }

    private static Uri ServerOf(Func<string, string?> environment)
    {
        var host = environment(HostVariable);
        var port = environment(PortVariable);
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new ApiConfigurationException(
                $"{HostVariable} is '{host}' and {PortVariable} is '{port}': kubelet sets both in a container; "
                    + "outside of one, name a kubeconfig"
            );
        }

        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new ApiConfigurationException($"{PortVariable} is '{port}', must be a port number");
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return Uri.TryCreate($"https://{bracketed}:{number}", UriKind.Absolute, out var server)
            ? server
            : throw new ApiConfigurationException($"{HostVariable} is '{host}', must be a name or an address");
    }

    private static string Existing(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? path
            : throw new ApiConfigurationException(
                $"{path} does not exist: the pod needs a service account with automountServiceAccountToken"
            );
    }
}
