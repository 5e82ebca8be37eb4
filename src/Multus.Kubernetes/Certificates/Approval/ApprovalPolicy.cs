using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>
/// Which requests are approved: those by which a node asks for its own certificate, and nothing else.
/// </summary>
internal static class ApprovalPolicy
{
    private const string NodePrefix = "system:node";

    private static readonly string[] RequesterPrefixes = [NodePrefix, NodeIdentity.Organization];

    private static readonly string[] RequesterGroups =
    [
        "system:nodes",
        NodeIdentity.Organization,
        "system:authenticated",
    ];

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    /// <summary>Looks at the request alone: no clock, no cluster.</summary>
    public static ApprovalVerdict Decide(V1CertificateSigningRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var spec = request.Spec;
        if (spec?.SignerName != NodeIdentity.SignerName)
            return new ApprovalVerdict.NotOurs($"its signer is {spec?.SignerName}");
        if (DecidedAlready(request) is { } state)
            return new ApprovalVerdict.NotOurs($"it is {state}");
        try
        {
            var names = NamesIn(spec.Request);
            return IsForMultus(names)
                ? Decide(spec, names)
                : new ApprovalVerdict.NotOurs("it is for no user of Multus");
        }
        catch (CryptographicException e)
        {
            return new ApprovalVerdict.NotOurs($"its request cannot be read: {e.Message}");
        }
    }

    /// <summary>In upstream's order, so that of several faults the same one is named.</summary>
    private static ApprovalVerdict Decide(V1CertificateSigningRequestSpec spec, CertificateNames names)
    {
        var user = spec.Username ?? "";
        var colon = user.LastIndexOf(':');
        if (colon < 0)
            return new ApprovalVerdict.Undecided($"the requester '{user}' must have the form PREFIX:NODE");
        var (prefix, node) = (user[..colon], user[(colon + 1)..]);
        if (!RequesterPrefixes.Contains(prefix))
            return Deny($"the requester {user} must be {NodePrefix}:NODE or {NodeIdentity.Organization}:NODE");
        if (!KubernetesNames.IsSubdomain(node))
            return Deny($"the requester's node '{node}' must be a DNS-1123 subdomain");
        if (!new HashSet<string>(spec.Usages ?? [], StringComparer.Ordinal).SetEquals(SigningRequests.Usages))
            return Deny(
                $"the usages must be {string.Join(" and ", SigningRequests.Usages)}; found "
                    + string.Join(", ", spec.Usages ?? [])
            );
        foreach (var group in spec.Groups ?? [])
        {
            if (!RequesterGroups.Contains(group))
                return Deny($"the requester is in group {group}; only {string.Join(", ", RequesterGroups)} may ask");
        }

        var commonName = NodeIdentity.CommonNameOf(node);
        if (names.CommonNames is not [var asked] || asked != commonName)
            return Deny($"the common name must be {commonName}; found {string.Join(", ", names.CommonNames)}");
        if (names.Organizations is not [NodeIdentity.Organization])
            return Deny(
                $"the organization must be {NodeIdentity.Organization}; found " + string.Join(", ", names.Organizations)
            );
        if (spec.ExpirationSeconds is not { } seconds)
            return Deny("expirationSeconds is missing");
        return TimeSpan.FromSeconds(seconds) <= LongestLife
            ? new ApprovalVerdict.Approve(node)
            : Deny($"expirationSeconds is {seconds}, must be at most 365 days");
    }

    private static ApprovalVerdict.Deny Deny(string reason) => new(reason);

    private static string? DecidedAlready(V1CertificateSigningRequest request)
    {
        if (request.Status?.Certificate is { Length: > 0 })
            return "signed";
        foreach (var condition in request.Status?.Conditions ?? [])
        {
            if (condition.Type is "Approved" or "Denied")
                return condition.Type;
        }

        return null;
    }

    private static bool IsForMultus(CertificateNames names)
    {
        foreach (var name in names.CommonNames)
        {
            if (name.StartsWith(NodeIdentity.Organization, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <exception cref="CryptographicException">It is no request, or more than one, or not signed with its own
    /// key.</exception>
    private static CertificateNames NamesIn(byte[]? pem)
    {
        try
        {
            var text = Encoding.UTF8.GetString(pem ?? []).Trim();
            RequireOneBlock(text);
            var request = CertificateRequest.LoadSigningRequestPem(
                text,
                HashAlgorithmName.SHA256,
                signerSignaturePadding: RSASignaturePadding.Pkcs1
            );
            return CertificateNames.Of(request.SubjectName);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new CryptographicException(e.Message, e);
        }
    }

    /// <summary>
    /// What is signed is the first block as the API server sees it, which reads blocks that are none to us, as those
    /// with headers. Where there is but one, and nothing around it, it is the same one.
    /// </summary>
    private static void RequireOneBlock(string text)
    {
        if (!PemEncoding.TryFind(text, out var found))
            throw new CryptographicException("it is no PEM");
        if (found.Location.GetOffsetAndLength(text.Length) != (0, text.Length))
            throw new CryptographicException("there is something beside the PEM block of the request");
    }
}
