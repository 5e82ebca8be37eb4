using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Kubernetes.Certificates;

namespace Multus.Kubernetes.Tests.Certificates;

/// <summary>Certificates without an authority, for what only looks at names, dates and keys.</summary>
internal static class TestCertificates
{
    public const string Subject = "O=system:multus, CN=system:multus:node-1";

    public static NodeCertificateSettings Settings(string folder, string bootstrap = "/none") =>
        new("node-1", bootstrap, folder, TimeSpan.FromMinutes(10)) { Version = "1.2.3" };

    public static (string Certificate, string Key) Issue(
        DateTimeOffset from,
        DateTimeOffset until,
        string subject = Subject
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(
            from,
            until
        );
        return (certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}
