using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multus.TestCluster.Certificates;

/// <summary>A certificate authority of the test's own, with keys that exist in memory only.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5); // clocks differ, also in tests that move theirs

    private readonly TimeProvider _time;
    private readonly X509Certificate2 _certificate;

    internal CertificateAuthority(TimeProvider time)
    {
        _time = time;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"CN=kubernetes-{RandomNumberGenerator.GetHexString(6, lowercase: true)}",
            key,
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(time.GetUtcNow() - Leeway, time.GetUtcNow().AddDays(365));
    }

    /// <summary>What clients trust.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>The certificate without its key, to build chains with.</summary>
    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(_certificate.RawData);

    /// <summary>A server certificate for one address and the names that the API server has inside a cluster.</summary>
    public CertificateWithKey IssueServer(IPAddress address, TimeSpan? validFor = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes");
        names.AddDnsName("kubernetes.default.svc");
        return Issue("CN=kube-apiserver", ServerAuthentication, validFor, names.Build());
    }

    /// <summary>A client certificate; the server takes the common name for the user.</summary>
    public CertificateWithKey IssueClient(string user, TimeSpan? validFor = null) =>
        Issue($"CN={user}, O=multus", ClientAuthentication, validFor, names: null);

    public void Dispose() => _certificate.Dispose();

    internal bool IsWithinTime(X509Certificate2 client)
    {
        var now = _time.GetUtcNow().LocalDateTime;
        return client.NotBefore <= now && now < client.NotAfter;
    }

    /// <summary>Whether a client certificate is one of ours, whatever its dates.</summary>
    internal bool Vouches(X509Certificate2 client)
    {
        using var trusted = Certificate;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(client);
    }

    /// <summary>The certificate that a request asks for, as a client's; the subject is the request's.</summary>
    /// <exception cref="CryptographicException">It is no request, or not signed with its own key.</exception>
    internal string Sign(string requestPem, TimeSpan validFor)
    {
        var request = CertificateRequest.LoadSigningRequestPem(
            requestPem,
            HashAlgorithmName.SHA256,
            signerSignaturePadding: RSASignaturePadding.Pkcs1
        );
        return SignedAs(request, ClientAuthentication, validFor, names: null);
    }

    private CertificateWithKey Issue(string subject, string purpose, TimeSpan? validFor, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var signed = SignedAs(request, purpose, validFor ?? TimeSpan.FromDays(30), names);
        return new CertificateWithKey(signed, key.ExportPkcs8PrivateKeyPem());
    }

    private string SignedAs(CertificateRequest request, string purpose, TimeSpan validFor, X509Extension? names)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (names is not null)
            request.CertificateExtensions.Add(names);
        var now = _time.GetUtcNow();
        using var signed = request.Create(
            _certificate,
            now - Leeway,
            now + validFor,
            RandomNumberGenerator.GetBytes(16)
        );
        return signed.ExportCertificatePem();
    }
}

/// <summary>Both as PEM.</summary>
public sealed record CertificateWithKey(string CertificatePem, string KeyPem)
{
    /// <summary>For a <see cref="HttpClient"/> or a listener; the caller disposes it.</summary>
    public X509Certificate2 ToX509() => X509Certificate2.CreateFromPem(CertificatePem, KeyPem);
}
