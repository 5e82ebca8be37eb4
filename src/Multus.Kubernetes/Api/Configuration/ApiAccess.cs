namespace Multus.Kubernetes.Api.Configuration;

/// <summary>
/// How to reach an API server, and as whom. Files that are named here are read again when they may have changed.
/// </summary>
/// <param name="Source">Where this was read, for messages: "kubeconfig /etc/multus/kubeconfig, context node".</param>
/// <param name="Server">http or https; a path, as of a cluster behind a gateway, comes before that of every
/// request.</param>
/// <param name="Authority">Who may sign the server's certificate; <c>null</c>: whom the system trusts.</param>
/// <param name="SkipsTlsVerification">True: any server is believed to be the right one.</param>
/// <param name="TlsServerName">The name that the certificate must have instead of the host in
/// <paramref name="Server"/>.</param>
/// <param name="Proxy">Used for every request; <c>null</c>: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.</param>
public sealed record ApiAccess(
    string Source,
    Uri Server,
    PemSource? Authority,
    bool SkipsTlsVerification,
    string? TlsServerName,
    Uri? Proxy,
    UserAccess User
);

/// <summary>
/// How the API server learns who asks. More than one way may be set; a certificate goes along with any of the others.
/// </summary>
/// <param name="Token">Sent as it is, unless there is <paramref name="TokenFile"/>.</param>
/// <param name="Login">User name and password, used when there is no token.</param>
public sealed record UserAccess(
    PemSource? Certificate = null,
    PemSource? Key = null,
    string? Token = null,
    string? TokenFile = null,
    BasicLogin? Login = null,
    ExecPlugin? Exec = null
)
{
    /// <summary>The ways, without a secret: this may be in a log line.</summary>
    public override string ToString()
    {
        string?[] ways =
        [
            Certificate is null ? null : "client certificate",
            Token is null ? null : "token",
            TokenFile is null ? null : "token file",
            Login is null ? null : "password",
            Exec is null ? null : "exec plugin",
        ];
        return string.Join(", ", ways.OfType<string>().DefaultIfEmpty("anonymous"));
    }
}

public sealed record BasicLogin(string Name, string Password)
{
    public override string ToString() => $"user {Name}"; // a password does not belong in a log line
}

/// <summary>Certificates or a key as PEM text.</summary>
public abstract record PemSource
{
    private PemSource()
    {
        // closed: the three below are all there are
    }

    /// <summary>For messages.</summary>
    public abstract string Place { get; }

    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: the file cannot be read.</exception>
    internal abstract string Read();

    public sealed record InFile(string Path) : PemSource
    {
        public override string Place => Path;

        internal override string Read() => File.ReadAllText(Path);
    }

    /// <summary>The certificate authority that a kubeconfig has at each moment, inline or in a file.</summary>
    public sealed record InKubeconfig(string Path) : PemSource
    {
        public override string Place => $"certificate-authority of kubeconfig {Path}";

        internal override string Read()
        {
            try
            {
                return Kubeconfig.Read(Path).Authority?.Read()
                    ?? throw new IOException($"kubeconfig {Path} has no certificate-authority any more");
            }
            catch (ApiConfigurationException e)
            {
                throw new IOException(e.Message, e);
            }
        }
    }

    /// <param name="Key">Which key of which file it was in.</param>
    public sealed record Inline(string Key, string Pem) : PemSource
    {
        public override string Place => Key;

        public override string ToString() => Key; // may be a private key

        internal override string Read() => Pem;
    }
}
