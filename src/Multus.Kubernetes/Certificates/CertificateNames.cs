using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multus.Kubernetes.Certificates;

/// <summary>The parts of a subject that Kubernetes takes for user and groups.</summary>
internal sealed record CertificateNames(ImmutableArray<string> CommonNames, ImmutableArray<string> Organizations)
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    /// <exception cref="CryptographicException">Parts are joined in a way that not everybody reads alike.</exception>
    public static CertificateNames Of(X500DistinguishedName subject)
    {
        var commonNames = ImmutableArray.CreateBuilder<string>();
        var organizations = ImmutableArray.CreateBuilder<string>();
        foreach (var part in subject.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements)
                throw new CryptographicException("the subject has a part with more than one value");
            var names = part.GetSingleElementType().Value switch
            {
                CommonNameOid => commonNames,
                OrganizationOid => organizations,
                _ => null,
            };
            names?.Add(part.GetSingleElementValue() ?? throw new CryptographicException("a name is no text"));
        }

        return new CertificateNames(commonNames.ToImmutable(), organizations.ToImmutable());
    }

    /// <summary>Whether this is exactly one user in exactly one group.</summary>
    public bool Are(string commonName, string organization) =>
        CommonNames is [var name] && name == commonName && Organizations is [var group] && group == organization;
}
