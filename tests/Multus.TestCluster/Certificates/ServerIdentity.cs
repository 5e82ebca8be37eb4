using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Multus.TestCluster.Certificates;

/// <summary>
/// The authority and the certificate that the server shows. Replacing either counts for connections made from then on.
/// </summary>
public sealed class ServerIdentity : IDisposable
{
    private static readonly List<SslApplicationProtocol> BothProtocols =
    [
        SslApplicationProtocol.Http2,
        SslApplicationProtocol.Http11,
    ];
    private static readonly List<SslApplicationProtocol> OldProtocol = [SslApplicationProtocol.Http11];

    private readonly TimeProvider _time;
    private readonly IPAddress _address;
    private readonly List<IDisposable> _replaced = []; // connections may still use them
    private readonly Lock _gate = new();
    private volatile Shown _shown;

    internal ServerIdentity(IPAddress address, TimeProvider time)
    {
        _time = time;
        _address = address;
        var authority = new CertificateAuthority(time);
        _shown = Show(authority, authority.IssueServer(address));
    }

    /// <summary>The authority that signs at the moment, for clients and for the server.</summary>
    public CertificateAuthority Authority => _shown.Authority;

    /// <summary>A new server certificate from the same authority.</summary>
    public void RenewCertificate(TimeSpan? validFor = null) =>
        Replace(Show(Authority, Authority.IssueServer(_address, validFor)));

    /// <summary>
    /// A new authority and a certificate from it; clients that trust the old one only are cut off from new connections,
    /// and the old one's client certificates count no more.
    /// </summary>
    public void ReplaceAuthority()
    {
        var authority = new CertificateAuthority(_time);
        var old = Authority;
        Replace(Show(authority, authority.IssueServer(_address)));
        lock (_gate)
            _replaced.Add(old);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var old in _replaced)
                old.Dispose();
        }

        _shown.Certificate.Dispose();
        _shown.Authority.Dispose();
    }

    /// <summary>
    /// Asks for a client certificate and takes any: who it is, is decided per request, as the API server does.
    /// </summary>
    internal SslServerAuthenticationOptions ToTlsOptions(bool speaksHttp2) =>
        new()
        {
            ServerCertificateContext = _shown.Context,
            ApplicationProtocols = speaksHttp2 ? BothProtocols : OldProtocol,
            ClientCertificateRequired = true,
#pragma warning disable CA5359 // whose certificate it is, is looked at in Authenticator
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowTlsResume = false, // a resumed session would show the old certificate
        };

    private void Replace(Shown next)
    {
        lock (_gate)
        {
            _replaced.Add(_shown.Certificate);
            _shown = next;
        }
    }

    private static Shown Show(CertificateAuthority authority, CertificateWithKey issued)
    {
        var certificate = issued.ToX509();
        return new Shown(
            authority,
            certificate,
            SslStreamCertificateContext.Create(certificate, [authority.Certificate], offline: true)
        );
    }

    private sealed record Shown(
        CertificateAuthority Authority,
        X509Certificate2 Certificate,
        SslStreamCertificateContext Context
    );
}
