using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;

namespace Multus.Kubernetes.Tests.Api.Credentials;

public sealed class ServerTrustTests : IDisposable
{
    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private static readonly byte[] Serial = [1, 2, 3];

    private readonly List<X509Certificate2> _made = [];
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public ServerTrustTests()
    {
        _root = Make("CN=root", null, isAuthority: true);
        _intermediate = Make("CN=intermediate", _root, isAuthority: true);
    }

    public void Dispose() => _made.ForEach(certificate => certificate.Dispose());

    [Fact]
    public void A_certificate_of_the_authority_is_accepted() => Assert.True(Accepts(_root, Make("CN=api", _root)));

    [Fact]
    public void Finding_8_an_intermediate_alone_may_be_the_authority() =>
        Assert.True(Accepts(_intermediate, Make("CN=api", _intermediate)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Finding_6_every_certificate_of_a_bundle_counts(bool isFirst)
    {
        var other = Make("CN=other", null, isAuthority: true);
        var bundle = isFirst
            ? $"{_root.ExportCertificatePem()}\n{other.ExportCertificatePem()}"
            : $"{other.ExportCertificatePem()}\n{_root.ExportCertificatePem()}";

        Assert.True(Accepts(ServerTrust.Read(new PemSource.Inline("here", bundle), null), Make("CN=api", _root)));
    }

    [Fact]
    public void A_self_signed_server_may_be_its_own_authority()
    {
        var self = Make("CN=api", null);
        Assert.True(Accepts(self, self));
    }

    [Fact]
    public void A_strangers_certificate_is_not() =>
        Assert.False(Accepts(_root, Make("CN=api", Make("CN=other", null, isAuthority: true))));

    /// <summary>The framework takes certificates with the same issuer and serial number for equal.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_authority_of_the_same_name_and_number_is_a_stranger(bool isIntermediate)
    {
        var falseRoot = Make("CN=root", null, isAuthority: true);
        var falseAuthority = isIntermediate ? Make("CN=intermediate", falseRoot, isAuthority: true) : falseRoot;
        Assert.False(
            Accepts(isIntermediate ? _intermediate : _root, Make("CN=api", falseAuthority), falseAuthority, falseRoot)
        );
    }

    [Fact]
    public void A_client_certificate_is_no_servers() => Assert.False(Accepts(_root, Make("CN=api", _root, Client)));

    [Fact]
    public void An_expired_certificate_is_not_accepted() =>
        Assert.False(Accepts(_root, Make("CN=api", _root, until: DateTimeOffset.UnixEpoch.AddYears(50))));

    [Fact]
    public void A_wrong_name_is_not_made_good_by_the_authority() =>
        Assert.False(
            TrustIn(_root).Accepts(Make("CN=api", _root), null, SslPolicyErrors.RemoteCertificateNameMismatch)
        );

    [Fact]
    public void Without_an_authority_the_systems_word_counts()
    {
        Assert.True(ServerTrust.System.Accepts(Make("CN=api", _root), null, SslPolicyErrors.None));
        Assert.False(
            ServerTrust.System.Accepts(Make("CN=api", _root), null, SslPolicyErrors.RemoteCertificateChainErrors)
        );
    }

    [Fact]
    public void The_same_text_is_the_same_trust()
    {
        var trust = TrustIn(_root);
        Assert.Same(trust, ServerTrust.Read(SourceOf(_root), trust));
        Assert.NotSame(trust, ServerTrust.Read(SourceOf(_intermediate), trust));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    public void A_file_without_certificates_is_refused_by_name(string pem) =>
        Assert.Contains(
            "here",
            Assert
                .Throws<CryptographicException>(() => ServerTrust.Read(new PemSource.Inline("here", pem), null))
                .Message,
            StringComparison.Ordinal
        );

    private static bool Accepts(
        X509Certificate2 authority,
        X509Certificate2 shown,
        params X509Certificate2[] alsoSent
    ) => Accepts(TrustIn(authority), shown, alsoSent);

    private static bool Accepts(ServerTrust trust, X509Certificate2 shown, params X509Certificate2[] alsoSent)
    {
        using var sent = new X509Chain();
        sent.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        sent.ChainPolicy.ExtraStore.AddRange(alsoSent);
        sent.Build(shown);
        return trust.Accepts(shown, sent, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private static ServerTrust TrustIn(X509Certificate2 authority) => ServerTrust.Read(SourceOf(authority), null);

    private static PemSource.Inline SourceOf(X509Certificate2 certificate) =>
        new("here", certificate.ExportCertificatePem());

    private X509Certificate2 Make(
        string subject,
        X509Certificate2? issuer,
        string purpose = Server,
        bool isAuthority = false,
        DateTimeOffset? until = null
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var from = DateTimeOffset.UnixEpoch.AddYears(40);
        var end = until ?? DateTimeOffset.UnixEpoch.AddYears(79);
        var generator = issuer is null
            ? X509SignatureGenerator.CreateForECDsa(key)
            : X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);
        using var signed = request.Create(issuer?.SubjectName ?? request.SubjectName, generator, from, end, Serial);
        _made.Add(signed.CopyWithPrivateKey(key));
        return _made[^1];
    }
}
