namespace Multus.Kubernetes.Certificates;

/// <summary>How a node comes to a certificate of its own.</summary>
/// <param name="NodeName">That of the Node object.</param>
/// <param name="BootstrapKubeconfig">Path of the kubeconfig with which the first certificate is asked for. It also says
/// where the server is and who may sign its certificate.</param>
/// <param name="CertDir">Folder of certificates and keys, an absolute path.</param>
/// <param name="Duration">How long a certificate is to be good.</param>
public sealed record NodeCertificateSettings(
    string NodeName,
    string BootstrapKubeconfig,
    string CertDir,
    TimeSpan Duration
)
{
    /// <summary>Kubernetes refuses a request for less.</summary>
    public static readonly TimeSpan ShortestDuration = TimeSpan.FromMinutes(10);

    /// <summary>What the request has room for: seconds in 32 bits.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromSeconds(int.MaxValue);

    /// <summary>Ours, for the User-Agent.</summary>
    public string Version { get; init; } = "";

    /// <summary>How long the start waits for the first certificate.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a request waits to be signed before another one is made.</summary>
    public TimeSpan SigningPatience { get; init; } = TimeSpan.FromMinutes(15);

    internal string CommonName => NodeIdentity.CommonNameOf(NodeName);
}
