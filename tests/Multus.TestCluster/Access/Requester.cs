using System.Security.Cryptography.X509Certificates;

namespace Multus.TestCluster.Access;

/// <summary>Who asks, as the server knows it.</summary>
internal sealed record Requester(string Name, IReadOnlyList<string> Groups)
{
    private const string OrganizationOid = "2.5.4.10";
    private const string NodePrefix = "system:node:";

    /// <summary>With the groups that everybody of the kind is in.</summary>
    public static Requester Of(string name, IEnumerable<string> groups) =>
        new(
            name,
            [
                .. groups
                    .Concat(name.StartsWith(NodePrefix, StringComparison.Ordinal) ? ["system:nodes"] : [])
                    .Append("system:authenticated")
                    .Distinct(),
            ]
        );

    /// <summary>The common name is the user, the organizations are the groups.</summary>
    public static Requester Of(X509Certificate2 certificate) =>
        Of(
            certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
            certificate
                .SubjectName.EnumerateRelativeDistinguishedNames()
                .Where(part => part.GetSingleElementType().Value == OrganizationOid)
                .Select(part => part.GetSingleElementValue()!)
        );
}
