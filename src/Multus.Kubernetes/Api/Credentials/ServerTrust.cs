using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>Which servers are believed.</summary>
internal sealed class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly string? _pem;
    private readonly X509Certificate2Collection? _authorities;

    private ServerTrust(string? pem, X509Certificate2Collection? authorities, bool trustsAnyone)
    {
        _pem = pem;
        _authorities = authorities;
        TrustsAnyone = trustsAnyone;
    }

    public static ServerTrust Anyone { get; } = new(null, null, trustsAnyone: true);

    /// <summary>Whom the system trusts.</summary>
    public static ServerTrust System { get; } = new(null, null, trustsAnyone: false);

    private bool TrustsAnyone { get; }

    /// <summary><paramref name="before"/> itself when nothing has changed.</summary>
    /// <exception cref="CryptographicException">There is no certificate in it.</exception>
    public static ServerTrust Read(PemSource authority, ServerTrust? before)
    {
        var pem = authority.Read();
        if (before?._pem == pem)
            return before;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException(
                $"the certificate authority in {authority.Place} cannot be used: {e.Message}",
                e
            );
        }

        if (authorities.Count == 0)
            throw new CryptographicException(
                $"{authority.Place} holds no certificate, must hold those that may sign the API server's"
            );
        return new ServerTrust(pem, authorities, trustsAnyone: false);
    }

    /// <summary>How the framework is to look at what a server shows.</summary>
    /// <returns>Null: the system decides.</returns>
    public X509ChainPolicy? Policy()
    {
        if (_authorities is null && !TrustsAnyone)
            return null;

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.AddRange(_authorities ?? []);
        if (_authorities?.All(IsSelfIssued) != true)
            policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        return policy;
    }

    /// <param name="errors">What the system thinks; its word counts for the name always, for the issuer when we have no
    /// authorities of our own.</param>
    public bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (TrustsAnyone)
            return true;
        if (_authorities is null || certificate is null)
            return errors == SslPolicyErrors.None;
        return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None
            && IsSignedByOurs(certificate, sent);
    }

    /// <summary>
    /// An authority need not be self-signed: a bundle may hold just an intermediate, which is then the end of the
    /// chain. Certificates are compared byte by byte, because two are Equal to the framework when issuer and serial
    /// number are.
    /// </summary>
    private bool IsSignedByOurs(X509Certificate certificate, X509Chain? sent)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        using var chain = new X509Chain();
        chain.ChainPolicy = Policy()!;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(leaf) && chain.ChainElements.Any(element => IsOurs(element.Certificate));
    }

    private bool IsOurs(X509Certificate2 certificate) =>
        _authorities!.Any(authority => authority.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
