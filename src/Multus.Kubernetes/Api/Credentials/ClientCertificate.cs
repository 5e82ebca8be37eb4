using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>A client certificate with its key and the certificates above it, ready for a handshake.</summary>
internal sealed class ClientCertificate
{
    private readonly string _certificatePem;
    private readonly string _keyPem;

    private ClientCertificate(string certificatePem, string keyPem, SslStreamCertificateContext context)
    {
        _certificatePem = certificatePem;
        _keyPem = keyPem;
        Context = context;
        Expires = context.TargetCertificate.NotAfter.ToUniversalTime();
    }

    public SslStreamCertificateContext Context { get; }

    /// <summary>From then on the server refuses it.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary><paramref name="before"/> itself when nothing has changed.</summary>
    /// <exception cref="CryptographicException">One of the two is half written, or they do not belong
    /// together.</exception>
    public static ClientCertificate Read(PemSource certificate, PemSource key, ClientCertificate? before)
    {
        var certificatePem = certificate.Read();
        // One file with both may be replaced between two reads.
        var keyPem = key == certificate ? certificatePem : key.Read();
        return before?._certificatePem == certificatePem && before._keyPem == keyPem
            ? before
            : Of(certificatePem, keyPem, certificate.Place, key.Place);
    }

    /// <exception cref="CryptographicException">As above.</exception>
    public static ClientCertificate Of(string certificatePem, string keyPem, string certificatePlace, string keyPlace)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificatePem);
            all.RemoveAt(0); // the leaf
            return new ClientCertificate(
                certificatePem,
                keyPem,
                SslStreamCertificateContext.Create(leaf, all, offline: true)
            );
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CryptographicException(
                $"the client certificate in {certificatePlace} and the key in {keyPlace} cannot be used: {e.Message}",
                e
            );
        }
    }
}
