using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multus.Kubernetes.Certificates;

/// <summary>A certificate and its key, as one PEM text.</summary>
internal sealed class CertificatePair
{
    private readonly CertificateNames _names;

    private CertificatePair(string pem, X509Certificate2 leaf)
    {
        Pem = pem;
        _names = CertificateNames.Of(leaf.SubjectName);
        Subject = leaf.Subject;
        NotBefore = leaf.NotBefore.ToUniversalTime();
        NotAfter = leaf.NotAfter.ToUniversalTime();
    }

    /// <summary>The chain, then the key: not for a log line.</summary>
    public string Pem { get; }

    public string Subject { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <exception cref="CryptographicException">It is half of a pair, or its halves do not belong together.</exception>
    public static CertificatePair Parse(string pem)
    {
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(pem, pem);
            return new CertificatePair(pem, leaf);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException(e.Message, e);
        }
    }

    /// <summary>Why it does not do for a node at a time; <c>null</c>: it does.</summary>
    public string? ProblemFor(NodeCertificateSettings settings, DateTimeOffset now)
    {
        if (!_names.Are(settings.CommonName, NodeIdentity.Organization))
            return $"it is for {Subject}, not for CN={settings.CommonName}, O={NodeIdentity.Organization}";
        return now < NotAfter ? null : $"it has expired at {NotAfter:u}, and it is {now:u}";
    }

    public override string ToString() => $"certificate of {Subject}, valid until {NotAfter:u}";
}
